package io.sounding.jobs.cli;

import io.sounding.jobs.publish.WrittenNumber;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A training loss as training loops write it; one that is not finite is what is alarmed of. */
final class LossOption implements ITypeConverter<Double> {

  @Override
  public Double convert(String given) {
    Double loss = WrittenNumber.of(given);
    if (loss == null) {
      throw new TypeConversionException(
          "'%s' is no loss; give a number, nan or inf".formatted(given));
    }
    return loss;
  }
}
