package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.instance.SlotSharingGroupId;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoundingTopologyTest {

  /**
   * The list is append-only: a line that is changed or taken away is a savepoint that can no longer
   * be restored. A new stage gets a new line at the end. Those of the committers are made by Flink.
   */
  @Test
  void theUidsAreThoseOfAllVersionsBefore() throws Exception {
    List<String> released;
    try (InputStream list = SoundingTopologyTest.class.getResourceAsStream("uids.txt")) {
      released = new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    assertThat(released).doesNotHaveDuplicates();
    assertThat(uidsOfTheGraph()).containsExactlyElementsOf(new TreeSet<>(released));
  }

  /** And their savepoint can be restored at every other parallelism of the job. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theLatestValuesHaveOneSubtaskAlsoWhereASchedulerSetsParallelism(int parallelism) {
    int found = 0;
    for (JobVertex vertex : graph(parallelism).getJobGraph().getVertices()) {
      boolean isOne = vertex.getName().equals("latest values");
      if (isOne) {
        found++;
        assertThat(vertex.getParallelism()).isOne();
      }
      assertThat(vertex.getMaxParallelism())
          .as(vertex.getName())
          .isEqualTo(isOne ? 1 : SoundingTopology.MAX_PARALLELISM);
    }
    assertThat(found).isOne();
  }

  @Test
  void onlyStagesThatCarryAudioAndFramesHaveMoreThanAFewSubtasks() {
    Set<String> wide = new TreeSet<>();
    for (JobVertex vertex : graph(16).getJobGraph().getVertices()) {
      if (vertex.getParallelism() == 16) {
        wide.add(vertex.getName());
      } else {
        assertThat(vertex.getParallelism()).as(vertex.getName()).isLessThanOrEqualTo(4);
      }
    }
    assertThat(wide)
        .containsExactly(
            "Source: audio -> admit audio",
            "assemble",
            "divide",
            "embed and fold -> layers of shards",
            "merge -> publish");
  }

  @Test
  void mergingTakesSummariesAndTheFailuresOfTheirLayers() {
    StreamGraph graph = graph(1);
    Set<String> before = new TreeSet<>();
    for (StreamNode node : graph.getStreamNodes()) {
      if (node.getTransformationUID().equals("merge")) {
        node.getInEdges()
            .forEach(edge -> before.add(graph.getSourceVertex(edge).getTransformationUID()));
      }
    }
    assertThat(before).containsExactly("embed", "fail-layers");
  }

  @Test
  void allStagesShareTheirSlots() {
    Set<SlotSharingGroupId> groups = new HashSet<>();
    for (JobVertex vertex : graph(1).getJobGraph().getVertices()) {
      groups.add(vertex.getSlotSharingGroup().getSlotSharingGroupId());
      assertThat(vertex.getSlotSharingGroup().getResourceProfile())
          .isEqualTo(ResourceProfile.UNKNOWN);
    }
    assertThat(groups).hasSize(1);
  }

  @Test
  void modelsAloneRunInSlotsOfTheirOwnWhereThatIsAskedFor() {
    Set<SlotSharingGroupId> ofModels = new HashSet<>();
    Set<SlotSharingGroupId> ofOthers = new HashSet<>();
    EmbedSlots slots = EmbedSlots.of("cpu=2,heap=2g,managed=1g,gpu=1");
    for (JobVertex vertex : graph(2, slots).getJobGraph().getVertices()) {
      boolean embeds = vertex.getName().startsWith("embed and fold");
      (embeds ? ofModels : ofOthers).add(vertex.getSlotSharingGroup().getSlotSharingGroupId());
      ResourceProfile profile = vertex.getSlotSharingGroup().getResourceProfile();
      if (embeds) {
        assertThat(profile.getExtendedResources().get("gpu").getValue().intValue()).isOne();
        assertThat(profile.getTaskHeapMemory().getMebiBytes()).isEqualTo(2_048);
      } else {
        assertThat(profile).isEqualTo(ResourceProfile.UNKNOWN);
      }
    }
    assertThat(ofModels).hasSize(1).doesNotContainAnyElementsOf(ofOthers);
    assertThat(ofOthers).hasSize(1);
  }

  private static StreamGraph graph(int parallelism) {
    return graph(parallelism, EmbedSlots.SHARED);
  }

  private static StreamGraph graph(int parallelism, EmbedSlots slots) {
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment();
    environment.setParallelism(parallelism);
    SoundingTopology.lay(
        environment,
        KafkaEnds.of(KafkaClients.of("nowhere:9092", Topics.withPrefix("t")), "uids"),
        EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, "")),
        slots);
    return environment.getStreamGraph();
  }

  private static TreeSet<String> uidsOfTheGraph() {
    TreeSet<String> uids = new TreeSet<>();
    for (StreamNode node : graph(1).getStreamNodes()) {
      assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull();
      assertThat(uids.add(node.getTransformationUID())).as(node.getTransformationUID()).isTrue();
    }
    return uids;
  }
}
