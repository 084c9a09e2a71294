package io.sounding.jobs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;

/**
 * In which of Flink's slots models run. In slots of their own, sources, assembly, merging and sinks
 * need no GPU; but a job then takes twice as many slots.
 */
public final class EmbedSlots {

  /** The group of all stages that run no models, which is Flink's default. */
  static final String OTHERS = "default";

  /** Models run in the slots of all other stages. */
  public static final EmbedSlots SHARED =
      new EmbedSlots(SlotSharingGroup.newBuilder(OTHERS).build());

  private static final String OWN = "embed";

  private static final String FORM =
      "shared, own, or what each slot of its own takes, such as cpu=2,heap=2g,managed=1g,gpu=1";

  private static final List<String> NEEDED = List.of("cpu", "heap", "managed");

  private final SlotSharingGroup group;

  private EmbedSlots(SlotSharingGroup group) {
    this.group = group;
  }

  /** The group of the stage that runs models. */
  SlotSharingGroup ofModels() {
    return group;
  }

  /**
   * The slots that an option describes: {@code shared}; {@code own}, of the size that the cluster
   * gives each slot; or their size: {@code cpu} cores, {@code heap} and {@code managed} memory (of
   * Flink: RocksDB takes it), as far as given {@code offheap} memory (of natives: the engine takes
   * it on the CPU), and {@code gpu}, the number of GPUs.
   *
   * @throws IllegalArgumentException with a sentence
   */
  public static EmbedSlots of(String option) {
    if (option.equals("shared")) {
      return SHARED;
    }
    SlotSharingGroup.Builder own = SlotSharingGroup.newBuilder(OWN);
    if (option.equals("own")) {
      return new EmbedSlots(own.build());
    }
    Map<String, String> sizes = new LinkedHashMap<>();
    for (String part : option.split(",", -1)) {
      String[] pair = part.split("=", -1);
      if (pair.length != 2 || sizes.put(pair[0].strip(), pair[1].strip()) != null) {
        throw unusable(option, "'" + part + "' is no single size");
      }
    }
    if (!sizes.keySet().containsAll(NEEDED)) {
      throw unusable(option, "it has to say " + String.join(", ", NEEDED));
    }
    try {
      sizes.forEach((name, size) -> set(own, name, size));
      return new EmbedSlots(own.build());
    } catch (IllegalArgumentException e) { // also of numbers that are none
      throw unusable(option, e.getMessage());
    }
  }

  private static void set(SlotSharingGroup.Builder slots, String name, String size) {
    switch (name) {
      case "cpu" -> slots.setCpuCores(Double.parseDouble(size));
      case "heap" -> slots.setTaskHeapMemory(MemorySize.parse(size));
      case "managed" -> slots.setManagedMemory(MemorySize.parse(size));
      case "offheap" -> slots.setTaskOffHeapMemory(MemorySize.parse(size));
      case "gpu" -> slots.setExternalResource("gpu", Double.parseDouble(size));
      default -> throw new IllegalArgumentException("there is no size '" + name + "'");
    }
  }

  private static IllegalArgumentException unusable(String option, String why) {
    return new IllegalArgumentException(
        "The slots '%s' cannot be used (%s); it must be %s.".formatted(option, why, FORM));
  }
}
