package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.Utterance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardViewTest {

  private final Utterance first = Examples.utterance("dev", "first", 100);
  private final Utterance second = Examples.utterance("dev", "second", 200);
  private final ShardManifest manifest = part(Examples.manifest(List.of(first, second)), 0, 1);
  private final ShardView view = new ShardView(17);

  private static ShardManifest part(Manifest manifest, int shard, int shards) {
    return ShardManifest.of(manifest, Division.of(manifest, shards), shard);
  }

  @Test
  void aShardIsCompleteWhenSealedAndAllItsAudioIsThere() {
    view.add(first);
    assertThat(view.isComplete("dev")).isFalse();
    view.add(second);
    assertThat(view.isComplete("dev")).as("not sealed").isFalse();
    view.seal(manifest);
    assertThat(view.isComplete("dev")).isTrue();
    assertThat(view.isComplete("other")).isFalse();
    assertThat(view.manifest("dev")).isSameAs(manifest);
    assertThat(view.key()).isEqualTo(17);
  }

  @Test
  void aShardWithoutUtterancesIsCompleteOnceSealed() {
    view.seal(part(Examples.manifest(List.of(first)), 1, 2));
    assertThat(view.isComplete("dev")).isTrue();
    assertThat(view.manifest("dev").utteranceIds()).isEmpty();
    assertThat(view.manifest("dev").corpusUtterances()).isOne();
  }

  @Test
  void sealingTakesOutWhatTheManifestDoesNotName() {
    Utterance stranger = Examples.utterance("dev", "stranger", 50);
    Utterance changed =
        new Utterance("dev", "second", 16_000, 1, second.encoding(), new byte[2], "f".repeat(64));
    view.add(first);
    view.add(stranger);
    view.add(changed);
    assertThat(view.seal(manifest))
        .extracting(ShardView.Refused::utteranceId)
        .containsExactlyInAnyOrder("stranger", "second");
    assertThat(view.isComplete("dev")).isFalse();
    assertThat(view.isNew(second)).isTrue();
    assertThat(view.rejects(second)).isNull();
    assertThat(view.rejects(changed)).contains("SHA-256 " + "f".repeat(64), second.sha256());
    assertThat(view.rejects(stranger)).contains("stranger is not in the manifest");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(view.missing("dev"))
        .isEqualTo(
            "Corpus dev is not sealed. Publish its audio and its manifest, then the checkpoint again with a higher attempt.");
    view.seal(manifest);
    assertThat(view.missing("dev"))
        .contains("Of the utterances of corpus dev in one shard 2 are missing, among them first.");
  }

  @Test
  void theShardsOfAManifestTogetherAreTheManifest() {
    List<Utterance> utterances =
        IntStream.range(0, 50).mapToObj(i -> Examples.utterance("dev", "u" + i, 10 + i)).toList();
    Manifest whole = Examples.manifest(utterances);
    int together = 0;
    for (int shard = 0; shard < 8; shard++) {
      ShardManifest part = part(whole, shard, 8);
      together += part.utteranceIds().length;
      assertThat(part.corpusUtterances()).isEqualTo(50);
      assertThat(part.corpusAudioSeconds()).isEqualTo(whole.audioSeconds());
      for (int i = 0; i < part.utteranceIds().length; i++) {
        int index = Arrays.asList(whole.utteranceIds()).indexOf(part.utteranceIds()[i]);
        assertThat(Division.of(whole, 8).shardOf(part.utteranceIds()[i])).isEqualTo(shard);
        assertThat(part.samples()[i]).isEqualTo(whole.samples()[index]);
        assertThat(part.sha256s()[i]).isEqualTo(whole.sha256s()[index]);
        assertThat(part.indexOf(part.utteranceIds()[i])).isEqualTo(i);
      }
      assertThat(part.indexOf("nobody")).isEqualTo(-1);
    }
    assertThat(together).isEqualTo(50);
  }
}
