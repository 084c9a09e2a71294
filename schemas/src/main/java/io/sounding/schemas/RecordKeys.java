package io.sounding.schemas;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The keys of records in Kafka: UTF-8 text, the parts percent-encoded and joined by '/', so that a
 * key can be read and never means two things.
 */
public final class RecordKeys {

  private RecordKeys() {}

  /** Key of a checkpoint event: its run, so that a run's checkpoints stay in order. */
  public static byte[] of(CheckpointEvent event) {
    return join(event.getRunId());
  }

  /** Key of an audio chunk: its utterance, so that its chunks stay in order. */
  public static byte[] of(AudioChunk chunk) {
    return join(chunk.getCorpusId(), chunk.getUtteranceId());
  }

  /** Key of a manifest: its corpus. */
  public static byte[] of(CorpusSealed manifest) {
    return join(manifest.getCorpusId());
  }

  /** Key of a metric event: what log compaction keeps the latest of; '-' stands for no layer. */
  public static byte[] of(MetricEvent event) {
    return join(
        event.getRunId(),
        event.getCheckpointId(),
        event.getCorpusId(),
        event.getLayer() == null ? "-" : event.getLayer().toString());
  }

  private static byte[] join(String... parts) {
    return Arrays.stream(parts)
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
        .collect(Collectors.joining("/"))
        .getBytes(StandardCharsets.UTF_8);
  }
}
