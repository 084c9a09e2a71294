package io.sounding.jobs;

import io.sounding.jobs.configuration.Configured;
import io.sounding.schemas.registry.RegistryAddress;
import io.sounding.schemas.registry.WireFormat;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How records are encoded in Kafka: the options of all that publishes, reads or evaluates. */
@Configured(section = Configured.TOP)
public final class WireFormatOptions {

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description = {
        "A schema registry with Confluent's REST interface, such as http://registry:8081 or, of Apicurio, http://registry:8080/apis/ccompat/v7.",
        "With one, records in Confluent's wire format are read as well. TLS is checked against the JVM's trust store (-Djavax.net.ssl.trustStore)."
      })
  private String registry;

  @Option(
      names = "--schema-registry-credentials",
      paramLabel = "FILE",
      description =
          "A file of one line, 'basic USER:PASSWORD' or 'bearer TOKEN', read for each request where it is made.")
  private Path credentials;

  @Option(
      names = "--wire-format",
      paramLabel = "FORMAT",
      description =
          "How records are written: single-object (Avro's own encoding, no registry needed; the default) or confluent (magic byte and schema id).")
  private String encoding = "single-object";

  /**
   * The format; the registry is not asked yet.
   *
   * @throws IllegalArgumentException with a sentence, if the options do not go together
   */
  public WireFormat format() {
    WireFormat.Encoding chosen =
        switch (encoding) {
          case "single-object" -> WireFormat.Encoding.SINGLE_OBJECT;
          case "confluent" -> WireFormat.Encoding.CONFLUENT;
          default ->
              throw new IllegalArgumentException(
                  "--wire-format is %s; it must be single-object or confluent."
                      .formatted(encoding));
        };
    if (registry == null && credentials != null) {
      throw new IllegalArgumentException(
          "--schema-registry-credentials are for a schema registry. Name it by --schema-registry URL.");
    }
    return WireFormat.with(
        registry == null
            ? null
            : new RegistryAddress(registry, credentials == null ? null : credentials.toString()),
        chosen);
  }
}
