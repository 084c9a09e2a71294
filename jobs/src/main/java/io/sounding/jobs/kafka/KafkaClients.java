package io.sounding.jobs.kafka;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.registry.RecordWriter;
import io.sounding.schemas.registry.WireFormat;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Plain Kafka clients of publishers and readers: whoever makes one closes it.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param topics the names of the topics
 * @param settings further settings of the clients, such as TLS and SASL
 * @param wire how values are encoded
 */
public record KafkaClients(
    String bootstrapServers, Topics topics, Properties settings, WireFormat wire) {

  /** How long Kafka may take to answer before it counts as out of reach. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /** How long a question to Kafka may take that is not a record. */
  private static final Duration READ_LIMIT = Duration.ofSeconds(30);

  /** How long a record may take on its way to Kafka before it is given up. */
  private static final Duration SEND_LIMIT = Duration.ofMinutes(1);

  /**
   * What waits to be sent must leave within the time that a transaction has left, on slow links.
   */
  private static final long TRANSACTION_BUFFER_BYTES = 8L << 20;

  /** Clients without further settings, in single-object encoding. */
  public static KafkaClients of(String bootstrapServers, Topics topics) {
    return new KafkaClients(bootstrapServers, topics, new Properties(), WireFormat.singleObject());
  }

  /** The same clients with other settings. */
  public KafkaClients with(Properties others) {
    return new KafkaClients(bootstrapServers, topics, others, wire);
  }

  /** The same clients in another wire format. */
  public KafkaClients with(WireFormat other) {
    return new KafkaClients(bootstrapServers, topics, settings, other);
  }

  /**
   * A producer that loses nothing and doubles nothing by its own retries; it takes values in
   * single-object encoding and writes them in the wire format. If the settings do not say
   * otherwise, it gives a record up after a minute.
   */
  public KafkaProducer<byte[], byte[]> producer() {
    return producer(new Properties());
  }

  /** The same that writes in transactions; a later one of the same id ends an earlier one. */
  public KafkaProducer<byte[], byte[]> transactionalProducer(String transactionalId) {
    Properties more = new Properties();
    more.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    if (!settings.containsKey(ProducerConfig.BUFFER_MEMORY_CONFIG)
        && !settings.containsKey(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)) {
      more.put(ProducerConfig.BUFFER_MEMORY_CONFIG, TRANSACTION_BUFFER_BYTES);
    }
    return producer(more);
  }

  private KafkaProducer<byte[], byte[]> producer(Properties more) {
    Properties properties = properties();
    properties.putAll(more);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) SEND_LIMIT.toMillis());
    if (!properties.containsKey(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
      properties.putIfAbsent(
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) SEND_LIMIT.toMillis());
    }
    return new KafkaProducer<>(
        properties, new ByteArraySerializer(), new WireFormatSerializer(wire.writing()));
  }

  /**
   * Has the schema registry, where one is written with, know what the job writes.
   *
   * @throws io.sounding.schemas.registry.RegistryException with a sentence, if it does not answer
   *     or refuses a schema
   */
  public void registerEvents() {
    RecordWriter writer = wire.writing();
    writer.register(topics.metrics(), MetricEvent.getClassSchema());
    writer.register(topics.alarms(), AlarmEvent.getClassSchema());
    writer.register(topics.correlations(), CorrelationEvent.getClassSchema());
    writer.register(topics.deadLetters(), DeadLetter.getClassSchema());
  }

  /**
   * A consumer of committed records, without a group. If records expire before they are read, it
   * reads the rest all the same.
   */
  public KafkaConsumer<byte[], byte[]> consumer() {
    return consumer("earliest", "read_committed");
  }

  /**
   * The same, but its poll throws {@link
   * org.apache.kafka.clients.consumer.OffsetOutOfRangeException} where it stands beyond a
   * partition's end, or before its start: the topic was made anew, or records expired. Where it
   * begins must be said.
   */
  public KafkaConsumer<byte[], byte[]> strictConsumer() {
    return consumer("none", "read_committed");
  }

  /** A consumer of what is written from now on, without a group, whether it is committed or not. */
  public KafkaConsumer<byte[], byte[]> uncommittedConsumer() {
    return consumer("latest", "read_uncommitted");
  }

  private KafkaConsumer<byte[], byte[]> consumer(String whereNothingIs, String isolation) {
    Properties properties = properties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, whereNothingIs);
    // Kafka would make a topic that is deleted meanwhile, in a way of its own
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.putIfAbsent(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) READ_LIMIT.toMillis());
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Makes sure that Kafka answers and has these topics.
   *
   * @throws KafkaUnavailableException with a sentence, if not
   */
  public void require(String... names) {
    Collection<String> missing = new TreeSet<>(List.of(names));
    missing.removeAll(topicNames());
    if (!missing.isEmpty()) {
      throw new KafkaUnavailableException(
          "Kafka at %s has no topic %s. Create %s (sounding topics create), or correct --topics."
              .formatted(
                  bootstrapServers,
                  String.join(" and no topic ", missing),
                  missing.size() == 1 ? "it" : "them"),
          null);
    }
  }

  /**
   * Whether Kafka has this topic.
   *
   * @throws KafkaUnavailableException with a sentence, if Kafka does not answer
   */
  public boolean has(String name) {
    return topicNames().contains(name);
  }

  private Set<String> topicNames() {
    try (Admin admin = admin()) {
      return admin.listTopics().names().get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (KafkaException | ExecutionException | TimeoutException e) {
      throw away(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaUnavailableException("Asking Kafka for its topics was interrupted.", e);
    }
  }

  /** For questions about topics; gives an answer up in time, if the settings do not say when. */
  Admin admin() {
    Properties properties = properties();
    if (!properties.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
      properties.putIfAbsent(
          AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_LIMIT.toMillis());
      properties.put( // which must not be the longer one
          AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
          properties.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG));
    }
    return Admin.create(properties);
  }

  /** A sentence for an answer that did not come. */
  KafkaUnavailableException away(Exception e) {
    return new KafkaUnavailableException(
        "Kafka at %s does not answer (%s). Check --bootstrap and --kafka-properties, and that it runs."
            .formatted(bootstrapServers, reason(e)),
        e);
  }

  /** Why a client failed, in its words or by its name. */
  public static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }
}
