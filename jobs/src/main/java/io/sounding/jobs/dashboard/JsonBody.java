package io.sounding.jobs.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Answers as JSON. Numbers that JSON has none for (NaN, infinity) are null. */
final class JsonBody {

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build())
          .registerModule(
              new SimpleModule()
                  .addSerializer(double[].class, new Doubles())
                  .addSerializer(Double.class, new Finite())
                  .addSerializer(double.class, new Finite())
                  .addSerializer(Instant.class, new Moment()));

  private JsonBody() {}

  /** The JSON of an answer. */
  static Body of(Object answer) {
    try {
      return Body.of(out -> MAPPER.writeValue(out, answer));
    } catch (IOException e) {
      throw new UncheckedIOException("An answer could not be written as JSON.", e);
    }
  }

  /** The JSON of something small, in one line. */
  static String line(Object answer) {
    try {
      return MAPPER.writeValueAsString(answer);
    } catch (IOException e) {
      throw new UncheckedIOException("An answer could not be written as JSON.", e);
    }
  }

  private static void write(double value, JsonGenerator json) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  private static final class Doubles extends JsonSerializer<double[]> {

    @Override
    public void serialize(double[] values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartArray();
      for (double value : values) {
        write(value, json);
      }
      json.writeEndArray();
    }
  }

  private static final class Finite extends JsonSerializer<Double> {

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      write(value, json);
    }
  }

  private static final class Moment extends JsonSerializer<Instant> {

    @Override
    public void serialize(Instant value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }
}
