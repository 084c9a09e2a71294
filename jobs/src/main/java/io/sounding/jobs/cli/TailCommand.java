package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkRange;

import io.sounding.jobs.configuration.DurationOption;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.watch.EventFollower;
import io.sounding.jobs.watch.PassedOver;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding tail}: metrics and alarms as they come. */
@Command(
    name = "tail",
    description =
        "Shows metric events as they come, a line each, with alarms between them; from now on, until it is interrupted.",
    footer = {
      "",
      "Examples:",
      "  sounding tail --bootstrap kafka:9092 --run run1 --layer 11",
      "  sounding tail --bootstrap kafka:9092 --since 2h --until-idle 10s",
      "",
      "Exit status: 0 interrupted or idle, 2 unusable arguments, 3 Kafka out of",
      "reach at the start or when idle."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {

  private static final Duration TURN = Duration.ofMillis(250);
  private static final Duration PROBE_AFTER = Duration.ofSeconds(5);
  private static final int OUT_OF_REACH = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--run",
      arity = "1..*",
      paramLabel = "NAME",
      description = "Only these training runs (default: all).")
  private List<String> runs = List.of();

  @Option(
      names = "--layer",
      split = ",",
      paramLabel = "LAYER",
      description =
          "Only these layers, by index from 0, such as 0,11; and FAILED checkpoints (default: all).")
  private List<Integer> layers = List.of();

  @Option(names = "--partial", description = "Show PARTIAL events too, a line each.")
  private boolean partial;

  /** Where it begins. */
  static final class Start {
    @Option(names = "--from-start", description = "Begin with what is there already.")
    private boolean fromStart;

    @Option(
        names = "--since",
        paramLabel = "WHEN",
        converter = SinceOption.class,
        description =
            "Begin with what was written since: a moment such as 2026-11-22T17:05:00Z, or so long ago: 2h.")
    private Instant since;
  }

  @ArgGroup private Start start = new Start();

  @Option(
      names = "--until-idle",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description = "End when nothing came for so long (default: never).")
  private Duration untilIdle;

  @Mixin private KafkaOptions kafka;

  private long lastRecord;
  private long lastProbe;
  private boolean reachable = true;
  private List<PassedOver> told = List.of();

  @Override
  public Integer call() {
    layers.forEach(layer -> checkRange(spec, "--layer", layer, 0, Integer.MAX_VALUE));
    KafkaClients clients = kafka.clients();
    boolean interactive = Terminal.isThere();
    LiveTable table =
        new LiveTable(
            spec.commandLine().getOut(),
            interactive,
            interactive && System.getenv("NO_COLOR") == null);
    List<String> topics = topics(clients, table);
    try (Interruption interruption = new Interruption()) {
      int status = 0;
      try (EventFollower follower = follower(clients, topics)) {
        table.tell("Following %s; Ctrl-C ends this.".formatted(String.join(" and ", topics)));
        status = follow(follower, table, interruption);
      } catch (InterruptException e) {
        // told below
      }
      if (interruption.happened()) {
        table.tell("Interrupted.");
      }
      return status;
    }
  }

  /** Until it is interrupted or idle, or nobody reads it any more; the exit status. */
  private int follow(EventFollower follower, LiveTable table, Interruption interruption) {
    lastRecord = System.nanoTime();
    lastProbe = lastRecord;
    while (!interruption.happened() && !table.isLost()) {
      follow(follower, table);
      if (told.size() < follower.passedOver().size()) { // of each topic once, and at the end
        tellPassedOver(follower, table);
      }
      if (untilIdle != null && System.nanoTime() - lastRecord >= untilIdle.toNanos()) {
        tellPassedOver(follower, table);
        return idle(follower, table);
      }
    }
    tellPassedOver(follower, table);
    return 0;
  }

  /** The exit status: silence alone does not tell whether Kafka is there. */
  private int idle(EventFollower follower, LiveTable table) {
    if (reachable && !follower.isKafkaReachable()) {
      reachable = false;
      table.tell("Kafka is out of reach.");
    }
    table.erase();
    return reachable ? 0 : OUT_OF_REACH;
  }

  private void tellPassedOver(EventFollower follower, LiveTable table) {
    for (PassedOver unread : follower.passedOver()) {
      if (!told.contains(unread)) {
        table.tell(unread.sentence());
      }
    }
    told = follower.passedOver();
  }

  private List<String> topics(KafkaClients clients, LiveTable table) {
    clients.require(clients.topics().metrics());
    if (clients.has(clients.topics().alarms())) {
      return List.of(clients.topics().metrics(), clients.topics().alarms());
    }
    table.tell(
        "Kafka at %s has no topic %s. Create it and start this again, or correct --topics. Until then no alarms are shown."
            .formatted(clients.bootstrapServers(), clients.topics().alarms()));
    return List.of(clients.topics().metrics());
  }

  private EventFollower follower(KafkaClients clients, List<String> topics) {
    if (start.since != null) {
      return EventFollower.since(clients, topics, start.since);
    }
    return start.fromStart
        ? EventFollower.fromStart(clients, topics)
        : EventFollower.fromNow(clients, topics);
  }

  private void follow(EventFollower follower, LiveTable table) {
    List<SpecificRecord> records = follower.poll(TURN);
    if (!records.isEmpty()) {
      lastRecord = System.nanoTime();
      lastProbe = lastRecord;
      back(table);
    } else if (System.nanoTime() - lastProbe > PROBE_AFTER.toNanos()) {
      probe(follower, table);
    }
    for (SpecificRecord record : records) {
      if (record instanceof MetricEvent event) {
        show(event, table);
      } else if (record instanceof AlarmEvent alarm
          && isWanted(alarm.getRunId(), alarm.getLayer())) {
        table.show(alarm);
      }
    }
    table.tick();
  }

  private void show(MetricEvent event, LiveTable table) {
    if (!isWanted(event.getRunId(), event.getLayer())) {
      return;
    }
    if (partial || event.getStatus() != MetricStatus.PARTIAL) {
      table.show(event);
    } else {
      table.follow(event);
    }
  }

  /** What is of no layer concerns all. */
  private boolean isWanted(String runId, Integer layer) {
    return (runs.isEmpty() || runs.contains(runId))
        && (layers.isEmpty() || layer == null || layers.contains(layer));
  }

  private void probe(EventFollower follower, LiveTable table) {
    if (follower.isKafkaReachable()) {
      back(table);
    } else if (reachable) {
      reachable = false;
      table.tell("Kafka is out of reach; this goes on when it is back.");
    }
    lastProbe = System.nanoTime();
  }

  private void back(LiveTable table) {
    if (!reachable) {
      reachable = true;
      table.tell("Kafka is back.");
    }
  }
}
