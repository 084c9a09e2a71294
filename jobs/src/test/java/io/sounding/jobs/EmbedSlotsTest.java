package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbedSlotsTest {

  @Test
  void theirSizeIsRead() {
    SlotSharingGroup group =
        EmbedSlots.of("cpu=2,heap=2g,managed=512m,offheap=4g,gpu=1").ofModels();
    assertThat(group.getName()).isEqualTo("embed");
    assertThat(group.getCpuCores()).contains(2.0);
    assertThat(group.getTaskHeapMemory()).contains(MemorySize.ofMebiBytes(2_048));
    assertThat(group.getManagedMemory()).contains(MemorySize.ofMebiBytes(512));
    assertThat(group.getTaskOffHeapMemory()).contains(MemorySize.ofMebiBytes(4_096));
    assertThat(group.getExternalResources()).containsOnly(Map.entry("gpu", 1.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mine                          | 'mine' is no single size
          cpu=1,cpu=2,heap=1g,managed=1g | 'cpu=2' is no single size
          gpu=1                         | it has to say cpu, heap, managed
          cpu=one,heap=1g,managed=1g    | For input string: "one"
          cpu=0,heap=1g,managed=1g      | The cpu cores should be positive
          cpu=1,heap=much,managed=1g    | text does not start with a number
          cpu=1,heap=1g,managed=1g,tpu=1 | there is no size 'tpu'
          """)
  void whatIsNoSizeIsRefusedWithASentence(String option, String why) {
    assertThatThrownBy(() -> EmbedSlots.of(option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The slots '%s' cannot be used (%s".formatted(option, why))
        .hasMessageEndingWith(
            "it must be shared, own, or what each slot of its own takes, such as cpu=2,heap=2g,managed=1g,gpu=1.");
  }
}
