package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.watch.MetricField;
import io.sounding.operators.admit.Score;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.operators.relate.Correlate;
import io.sounding.operators.relate.Evidence;
import io.sounding.operators.relate.JoinScores;
import io.sounding.operators.relate.JudgeAlarms;
import io.sounding.operators.relate.Measurement;
import io.sounding.operators.relate.RelateSettings;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Inputs that end: everything is correlated and judged before the job lets go, whatever its
 * parallelism and the order of its inputs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("try") // that close() may be interrupted does not matter here
class BoundedRelateITCase {

  private static final int METRICS = MetricField.ALL.size();

  @TempDir private static Path work;
  private EmbeddedCluster cluster;
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Score> scores = new ArrayList<>();

  @BeforeAll
  void start() {
    cluster = EmbeddedCluster.start(work, 2, new Configuration());
    Random random = new Random(20_100);
    for (int run = 0; run < 3; run++) {
      for (int step = 0; step < 8; step++) {
        for (int layer = 0; layer < 2; layer++) {
          double[] values = random.doubles(METRICS).toArray();
          values[0] = step < 5 || run == 0 ? 50 + values[0] : 2; // rankMe: two runs collapse
          measurements.add(
              new Measurement(
                  "run" + run, "step" + step, step, 0, "dev", 1.0 / step, layer, 2, 0, values));
        }
        scores.add(new Score("run" + run, step, "asr-wer", random.nextDouble(), 0, 0));
      }
    }
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void correlationsAreCompleteAtTheEnd() throws Exception {
    Map<String, CorrelationEvent> expected = null;
    for (int parallelism = 1; parallelism <= 2; parallelism++) {
      StreamExecutionEnvironment environment = environment(parallelism);
      Map<String, CorrelationEvent> correlations =
          lastOfEach(
              environment
                  .fromData(
                      shuffled(measurements, parallelism), TypeInformation.of(Measurement.class))
                  .keyBy(Measurement::runId)
                  .connect(
                      environment
                          .fromData(shuffled(scores, parallelism), TypeInformation.of(Score.class))
                          .keyBy(Score::runId))
                  .process(new JoinScores(RelateSettings.DEFAULT.history()))
                  .uid("join")
                  .keyBy(Evidence::corpusAndLayer)
                  .process(new Correlate(RelateSettings.DEFAULT))
                  .uid("correlate"),
              CorrelationEvent.class);
      correlations.values().forEach(event -> event.setEmittedAt(Instant.EPOCH));
      // along 3 runs from two steps on; across runs at 8 steps, at 7 of them with later scores
      assertThat(correlations).hasSize(2 * METRICS * (3 * 2 + 8 + 7) + 2 * 3 * 2 + 8 + 7);
      if (expected != null) {
        assertThat(correlations).isEqualTo(expected);
      }
      expected = correlations;
    }
  }

  @Test
  void alarmsAreThoseOfTheWholeRun() throws Exception {
    for (int parallelism = 1; parallelism <= 2; parallelism++) {
      Map<String, AlarmEvent> alarms =
          lastOfEach(
              environment(parallelism)
                  .fromData(
                      shuffled(measurements, parallelism), TypeInformation.of(Measurement.class))
                  .keyBy(Measurement::runAndCorpus)
                  .process(new JudgeAlarms(RelateSettings.DEFAULT))
                  .uid("judge"),
              AlarmEvent.class);
      assertThat(alarms.values())
          .filteredOn(event -> event.getMetric().equals("rankMe"))
          .extracting(event -> event.getRunId() + " " + event.getState() + " @" + event.getStep())
          .containsExactlyInAnyOrder("run1 RAISED @6", "run2 RAISED @6");
      assertThat(alarms.values())
          .filteredOn(event -> event.getMetric().equals("trainingLoss"))
          .as("the loss is infinite at step 0, and finite at the next two")
          .hasSize(3)
          .allMatch(event -> event.getStep() == 2);
    }
  }

  private StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment environment = cluster.environment();
    environment.setParallelism(parallelism);
    environment.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
    return environment;
  }

  private static <T> List<T> shuffled(List<T> records, int seed) {
    List<T> copy = new ArrayList<>(records);
    Collections.shuffle(copy, new Random(seed));
    return copy;
  }

  private static <T extends SpecificRecordBase> Map<String, T> lastOfEach(
      DataStream<OutgoingRecord> stream, Class<T> kind) throws Exception {
    Map<String, T> last = new TreeMap<>();
    SingleObjectCodec codec = SingleObjectCodec.reading(SingleObjectCodec.schemaOf(kind));
    try (CloseableIterator<OutgoingRecord> records = stream.executeAndCollect()) {
      while (records.hasNext()) {
        OutgoingRecord record = records.next();
        last.put(
            new String(record.key(), StandardCharsets.UTF_8),
            kind.cast(codec.decode(record.value())));
      }
    }
    return last;
  }
}
