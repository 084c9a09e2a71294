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
        event.getRunId(), event.getCheckpointId(), event.getCorpusId(), orDash(event.getLayer()));
  }

  /** Key of an alarm event: what log compaction keeps the latest of; '-' stands for no layer. */
  public static byte[] of(AlarmEvent event) {
    return join(event.getRunId(), event.getCorpusId(), orDash(event.getLayer()), event.getMetric());
  }

  /** Key of a score: a later one of the same run, step and task replaces it. */
  public static byte[] of(DownstreamScore score) {
    return join(score.getRunId(), Long.toString(score.getStep()), score.getTask());
  }

  /**
   * Key of a correlation event: what log compaction keeps the latest of; '-' stands for what does
   * not apply. Late scores come later and later, and a first step may follow its run; the key names
   * neither, so that an event replaces what it supersedes.
   */
  public static byte[] of(CorrelationEvent event) {
    return join(
        event.getScope().name(),
        orDash(event.getRunId()),
        orDash(event.getStep()),
        event.getScoreStep() == null
            ? "-"
            : event.getScoreStep().equals(event.getStep()) ? "same" : "later",
        event.getFromShare() == null
            ? Long.toString(event.getFromStep())
            : "last*" + event.getFromShare(),
        event.getCorpusId(),
        orDash(event.getLayer()),
        event.getMetric(),
        event.getTask());
  }

  private static String orDash(Object part) {
    return part == null ? "-" : part.toString();
  }

  private static byte[] join(String... parts) {
    return Arrays.stream(parts)
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
        .collect(Collectors.joining("/"))
        .getBytes(StandardCharsets.UTF_8);
  }
}
