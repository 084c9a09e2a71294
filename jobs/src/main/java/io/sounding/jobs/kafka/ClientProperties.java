package io.sounding.jobs.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Settings of Kafka's clients from a properties file, such as TLS and SASL. All clients of the job
 * get them: the consumers, the admin clients that look for partitions, and the producers.
 *
 * <p>What the file holds becomes part of the submitted job, which Flink keeps where the operator
 * lets it (blob server, high-availability storage). A secret is better left out and named: with
 * {@code config.providers} (Kafka's {@code FileConfigProvider}, {@code DirectoryConfigProvider},
 * {@code EnvVarConfigProvider}), {@code ${file:/run/secrets/kafka.properties:password}} is replaced
 * by each client where it runs.
 */
public final class ClientProperties {

  /** What the job decides, for its guarantees or by an option of its own. */
  private static final List<String> RESERVED =
      List.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.ACKS_CONFIG);

  private ClientProperties() {}

  /**
   * Reads the file.
   *
   * @param file null: no settings
   * @throws IllegalArgumentException with a sentence that repeats no value, if it cannot be read or
   *     sets what the job decides
   */
  public static Properties read(Path file) {
    Properties properties = new Properties();
    if (file == null) {
      return properties;
    }
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The Kafka properties %s cannot be read (%s). Name a Java properties file in UTF-8."
              .formatted(file, e),
          e);
    }
    for (String key : RESERVED) {
      if (properties.containsKey(key)) {
        throw new IllegalArgumentException(
            "The Kafka properties %s set %s, which the job decides by itself or by --bootstrap and --name. Take it out."
                .formatted(file, key));
      }
    }
    return properties;
  }
}
