package io.sounding.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.admit.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DivisionTest {

  private static Manifest manifest(String[] ids, long[] samples, int[] rates) {
    String[] sha256s = new String[ids.length];
    return new Manifest("dev", "d", ids, samples, rates, sha256s, Examples.record(null));
  }

  /** By hand: 9 -> 0; 7 -> 1; 6 -> 2; 5 -> 2 (6 is least); 5 -> 1 (7); 2 -> 0 (9); 1 -> 0 (11). */
  @Test
  void theLongestGoesFirstToTheShardWithTheLeastAudio() {
    Division division =
        Division.of(
            manifest(
                new String[] {"c", "b", "a", "f", "e", "d", "g"},
                new long[] {5_000, 6_000, 9_000, 2_000, 5_000, 7_000, 1_000},
                IntStream.generate(() -> 1_000).limit(7).toArray()),
            3);
    assertThat(division.utteranceIds()).containsExactly("a", "b", "c", "d", "e", "f", "g");
    assertThat(division.shards()).containsExactly(0, 2, 2, 1, 1, 0, 0);
    assertThat(division.shardOf("d")).isEqualTo(1);
    assertThat(division.shardOf("stranger")).isEqualTo(-1);
  }

  /** 2 s at 8 kHz are longer than 1.5 s at 16 kHz, though the samples are fewer. */
  @Test
  void lengthIsTimeNotSamples() {
    Division division =
        Division.of(
            manifest(
                new String[] {"wide", "narrow"},
                new long[] {24_000, 16_000},
                new int[] {16_000, 8_000}),
            2);
    assertThat(division.shardOf("narrow")).isZero();
    assertThat(division.shardOf("wide")).isEqualTo(1);
  }

  @Test
  void theOrderOfTheManifestDoesNotMatter() {
    List<Utterance> utterances = new ArrayList<>(utterances(200));
    Division first = Division.of(Examples.manifest(utterances), 16);
    Collections.shuffle(utterances, new Random(20_100));
    Division second = Division.of(Examples.manifest(utterances), 16);
    assertThat(second.utteranceIds()).isEqualTo(first.utteranceIds());
    assertThat(second.shards()).isEqualTo(first.shards());
  }

  /** Graham's bound. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 32, 128})
  void noShardHoldsMoreThanTheMeanAndOneUtterance(int shards) {
    List<Utterance> utterances = utterances(200);
    Division division = Division.of(Examples.manifest(utterances), shards);
    long[] samples = new long[shards];
    for (Utterance utterance : utterances) {
      samples[division.shardOf(utterance.utteranceId())] += utterance.samples();
    }
    double mean = utterances.stream().mapToLong(Utterance::samples).sum() / (double) shards;
    assertThat(LongStream.of(samples).max().getAsLong() - mean).isLessThanOrEqualTo(1_000);
  }

  @Test
  void byHashEachUtteranceHasTheShardOfItsId() {
    List<Utterance> utterances = utterances(50);
    Division division = Division.byHash(Examples.manifest(utterances), 8);
    for (Utterance utterance : utterances) {
      assertThat(division.shardOf(utterance.utteranceId()))
          .isEqualTo(Shards.of(utterance.utteranceId(), 8));
    }
  }

  /** 100 to 1,000 samples. */
  private static List<Utterance> utterances(int count) {
    Random random = new Random(7);
    return IntStream.range(0, count)
        .mapToObj(i -> Examples.utterance("dev", "u" + i, 100 + random.nextInt(901)))
        .toList();
  }

  @Test
  void thereMayBeMoreShardsThanUtterances() {
    Division division = Division.of(Examples.manifest(utterances(3)), 8);
    assertThat(division.shards()).doesNotHaveDuplicates();
  }
}
