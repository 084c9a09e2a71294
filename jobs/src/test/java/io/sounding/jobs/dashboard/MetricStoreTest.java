package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.LatestEvents;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricStoreTest {

  private static final int LIMIT = 10_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void holdsTheEventsThatLatestEventsKeeps(long seed) {
    Random random = new Random(seed);
    MetricStore store = new MetricStore(LIMIT);
    List<String> kept = new ArrayList<>();
    try (LatestEvents latest = LatestEvents.all()) {
      for (int i = 0; i < 400; i++) {
        MetricEvent event = event(random, i);
        store.add(event);
        latest.add(event);
        assertThat(store.size()).as("after event %d", i).isEqualTo(latest.size());
      }
      latest.forEach(event -> kept.add(line(event)));
    }

    assertThat(lines(store)).containsExactlyInAnyOrderElementsOf(kept);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void doesNotDependOnTheOrderInWhichAttemptsCome(long seed) {
    List<MetricEvent> events = new ArrayList<>();
    for (int attempt = 0; attempt < 3; attempt++) {
      for (int layer = 0; layer < 3; layer++) {
        events.add(Events.partial("a", 400, layer).setLayers(4).setAttempt(attempt).build());
        events.add(Events.finished("a", 400, layer).setLayers(4).setAttempt(attempt).build());
      }
      events.add(Events.failed("a", 400, "Attempt " + attempt).setAttempt(attempt).build());
    }
    MetricStore inOrder = new MetricStore(LIMIT);
    events.forEach(inOrder::add);
    Collections.shuffle(events, new Random(seed));
    MetricStore shuffled = new MetricStore(LIMIT);
    events.forEach(shuffled::add);

    assertThat(lines(shuffled)).isEqualTo(lines(inOrder)).hasSize(4);
  }

  /** Of a job that was started afresh: no attempt of one job both fails and finishes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFailureIsForgottenWhereAllLayersAreFinal(int position) {
    List<MetricEvent> events = new ArrayList<>();
    events.add(Events.finished("a", 400, 0).build());
    events.add(Events.finished("a", 400, 1).build());
    events.add(position, Events.failed("a", 400, "The file is gone.").build());
    MetricStore store = new MetricStore(LIMIT);
    events.forEach(store::add);

    assertThat(store.size()).isEqualTo(2);
    assertThat(store.evaluations(new RunOnCorpus("a", "dev")))
        .singleElement()
        .satisfies(left -> assertThat(left.status()).isEqualTo(Evaluation.Status.FINAL));
  }

  @Test
  void beyondItsLimitTheCheckpointsGoThatWereWrittenLongestAgo() {
    MetricStore store = new MetricStore(6);
    for (long step : new long[] {100, 200, 300}) {
      store.add(Events.finished("a", step, 0).build());
      store.add(Events.finished("a", step, 1).build());
    }
    store.add(Events.finished("a", 100, 0).build()); // written again: 200 is the oldest now
    store.add(Events.finished("b", 100, 0).build());

    assertThat(store.evaluations(new RunOnCorpus("a", "dev")))
        .extracting(Evaluation::step)
        .containsExactlyInAnyOrder(100L, 300L);
    assertThat(store.size()).isEqualTo(5);
    assertThat(store.dropped()).isEqualTo(2);

    store.add(Events.finished("c", 100, 0).build());
    store.add(Events.finished("c", 100, 1).build());

    assertThat(store.evaluations(new RunOnCorpus("a", "dev")))
        .extracting(Evaluation::step)
        .containsExactly(100L);
    assertThat(store.size()).isEqualTo(5);
    assertThat(store.dropped()).isEqualTo(4);
  }

  @Test
  void whatIsDeletedFromTheTopicIsForgotten() {
    MetricStore store = new MetricStore(LIMIT);
    store.add(Events.finished("a", 100, 0).build());
    store.add(Events.finished("a", 100, 1).build());
    store.add(Events.finished("a", 100, 2).build());
    store.add(Events.finished("a", 100, 3).build());
    RunOnCorpus run = new RunOnCorpus("a", "dev");

    store.remove(run, "step00100.pt", 0);
    assertThat(store.evaluations(run))
        .singleElement()
        .satisfies(left -> assertThat(left.event(1)).isNotNull())
        .satisfies(left -> assertThat(left.event(0)).isNull());
    store.remove(run, "step00100.pt", 7); // there is none
    store.remove(run, "step00100.pt", 2);
    assertThat(store.evaluations(run))
        .singleElement()
        .satisfies(
            left -> assertThat(left.events()).extracting(LayerEvent::layer).containsExactly(1, 3));
    store.remove(run, "step00100.pt", 3);
    store.remove(run, "step00100.pt", 1);
    store.remove(run, "step00100.pt", 1);
    store.remove(run, "another", 1);

    assertThat(store.runs()).isEmpty();
    assertThat(store.size()).isZero();
    assertThat(store.dropped()).isZero();
  }

  private static MetricEvent event(Random random, int number) {
    String run = "run" + random.nextInt(2);
    long step = 100L * random.nextInt(3);
    MetricEvent.Builder event =
        switch (random.nextInt(5)) {
          case 0 -> Events.failed(run, step, "Reason " + number);
          case 1, 2 -> Events.partial(run, step, random.nextInt(3));
          default -> Events.finished(run, step, random.nextInt(3));
        };
    if (random.nextInt(20) == 0) {
      event.setStatus(MetricStatus.UNKNOWN);
    }
    return event
        .setStep(step + random.nextInt(2))
        .setCorpusId("corpus" + random.nextInt(2))
        .setAttempt(random.nextInt(3))
        .setEmittedAt(Events.NOON.plusMillis(number))
        .build();
  }

  private static String line(MetricEvent event) {
    return line(
        event.getRunId(),
        event.getCorpusId(),
        event.getCheckpointId(),
        event.getAttempt(),
        LayerEvent.of(event, LayerFacts.of(event, new SharedTexts())));
  }

  private static List<String> lines(MetricStore store) {
    List<String> lines = new ArrayList<>();
    store
        .runs()
        .forEach(
            (run, evaluations) ->
                evaluations
                    .values()
                    .forEach(
                        evaluation ->
                            evaluation
                                .events()
                                .forEach(
                                    event ->
                                        lines.add(
                                            line(
                                                run.run(),
                                                run.corpus(),
                                                evaluation.checkpointId(),
                                                evaluation.attempt(),
                                                event)))));
    Collections.sort(lines);
    return lines;
  }

  private static String line(
      String run, String corpus, String checkpoint, int attempt, LayerEvent event) {
    return String.join(
        " ",
        run,
        corpus,
        checkpoint,
        Integer.toString(attempt),
        Integer.toString(event.layer()),
        event.status().name(),
        Long.toString(event.emittedAt()),
        java.util.Arrays.toString(event.numbers()),
        event.facts().toString(),
        String.valueOf(event.failureReason()));
  }
}
