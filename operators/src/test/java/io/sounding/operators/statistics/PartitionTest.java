package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Expected values: scikit-learn 1.2.1, float64, on 120 arithmetic frames of dimension 5 with the
 * labels i^2 mod 7, renumbered.
 */
class PartitionTest {
  private static final int D = 5;
  private static final float[] FRAMES = SyntheticFrames.arithmetic(120, D, 0);
  private static final double[] CENTRE = FrameBlock.of(FRAMES, 120, D).mean();
  private static final int[] LABELS = labels();

  private static int[] labels() {
    int[] renumbered = {0, 1, 2, -1, 3, -1, -1};
    return IntStream.range(0, 120).map(i -> renumbered[i * i % 7]).toArray();
  }

  @Test
  void daviesBouldinAgreesWithScikitLearn() {
    Partition partition = new Partition(FRAMES, LABELS, 4, CENTRE);
    assertThat(partition.daviesBouldin()).isCloseTo(14.902758536361652, within(1e-10));
  }

  @Test
  void calinskiHarabaszAgreesWithScikitLearn() {
    Partition partition = new Partition(FRAMES, LABELS, 4, CENTRE);
    assertThat(partition.calinskiHarabasz(120)).isCloseTo(0.6289150189875365, within(1e-12));
  }

  @Test
  void calinskiHarabaszOfASampleIsEstimatedForAllFrames() {
    // W = 4 and B = 100; variance within 4 / (4 - 2) = 2, total of forty frames 26 * 40
    Partition partition =
        new Partition(new float[] {0, 2, 10, 12}, new int[] {0, 0, 1, 1}, 2, new double[] {6});
    assertThat(partition.calinskiHarabasz(4)).isCloseTo(50, within(1e-12));
    assertThat(partition.calinskiHarabasz(40)).isCloseTo(1040 / 2.0 - 38, within(1e-10));
    assertThat(partition.scatterGrowth(4)).isEqualTo(1);
    assertThat(partition.scatterGrowth(40)).isCloseTo(0.95 / 0.5, within(1e-12));
  }

  @Test
  void calinskiHarabaszOfClustersWithoutStructureIsNotNegative() {
    Partition partition = new Partition(FRAMES, LABELS, 4, CENTRE);
    assertThat(partition.calinskiHarabasz(1200)).isZero();
  }

  @Test
  void emptyClustersCountNowhere() {
    Partition four = new Partition(FRAMES, LABELS, 4, CENTRE);
    Partition six = new Partition(FRAMES, LABELS, 6, CENTRE);
    assertThat(six.occupied()).isEqualTo(4);
    assertThat(six.daviesBouldin()).isEqualTo(four.daviesBouldin());
    assertThat(six.calinskiHarabasz(120)).isEqualTo(four.calinskiHarabasz(120));
    assertThat(six.usagePerplexity()).isEqualTo(four.usagePerplexity());
  }

  @Test
  void usagePerplexityOfEqualSharesIsTheirNumber() {
    int[] alternating = IntStream.range(0, 120).map(i -> i % 4).toArray();
    assertThat(new Partition(FRAMES, alternating, 4, CENTRE).usagePerplexity())
        .isCloseTo(4, within(1e-12));
  }

  @Test
  void coincidentMeansContributeNothing() {
    float[] rows = {-1, 1, -2, 2};
    Partition partition = new Partition(rows, new int[] {0, 0, 1, 1}, 2, new double[1]);
    assertThat(partition.daviesBouldin()).isZero();
  }

  @Test
  void oneClusterHasNoSeparation() {
    Partition partition = new Partition(FRAMES, new int[120], 1, CENTRE);
    assertThat(partition.daviesBouldin()).isZero();
    assertThat(partition.calinskiHarabasz(120)).isZero();
    assertThat(partition.usagePerplexity()).isEqualTo(1);
  }

  @Test
  void silhouettesAgreeWithScikitLearn() {
    double[] silhouettes = Silhouette.of(FRAMES, 120, LABELS, 4, CENTRE);
    assertThat(silhouettes[0]).isCloseTo(-0.1175849209866895, within(1e-9));
    assertThat(silhouettes[1]).isCloseTo(0.05922164407251255, within(1e-9));
    assertThat(silhouettes[2]).isCloseTo(-0.04556243184534994, within(1e-9));
    assertThat(MeanAndError.mean(silhouettes)).isCloseTo(-0.05459383081539575, within(1e-9));
  }

  @Test
  void aPointAloneInItsClusterHasSilhouetteZero() {
    int[] labels = LABELS.clone();
    labels[0] = 4;
    double[] silhouettes = Silhouette.of(FRAMES, 120, labels, 5, CENTRE);
    assertThat(silhouettes[0]).isZero();
    assertThat(MeanAndError.mean(silhouettes)).isCloseTo(-0.15754229151491467, within(1e-9));
  }

  @Test
  void silhouettesOfOneClusterOrOfEqualPointsAreZero() {
    assertThat(Silhouette.of(FRAMES, 120, new int[120], 1, CENTRE)).containsOnly(0);
    float[] equal = {2, 2, 2, 2};
    assertThat(Silhouette.of(equal, 4, new int[] {0, 0, 1, 1}, 2, new double[] {2}))
        .containsOnly(0);
  }
}
