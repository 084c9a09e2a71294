package io.sounding.operators.assemble;

import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.admit.Chunk;
import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.PcmFormat;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.Sha256;
import io.sounding.schemas.SingleObjectCodec;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;

/**
 * Keyed by utterance: chunks, in any order, to the whole utterance, once.
 *
 * <p>Repeated chunks are ignored; a chunk that contradicts an earlier one of its utterance is a
 * dead letter. Chunks wait for the missing ones until {@code timeout} after the latest, a repeated
 * one included: it is the beginning of an upload that was called again. Then they are given up as
 * one dead letter that names what is missing. Of an assembled utterance 8 bytes a chunk stay in
 * state, so that duplicates are known as such.
 *
 * <p>State, layout 2, keyed by {@link Chunk#utteranceKey}: value "progress", {@link Progress}; map
 * "chunks", PCM by index of those that wait for others; value "latest-chunk", when the latest of
 * them came, which savepoints may lack: the timer is then that of the first; a processing-time
 * timer per utterance; not keyed: union list "divides-by-hash". Layout 1, which is read, is of a
 * job that divides by hash.
 */
public final class AssembleUtterances extends VersionedStage<String, Chunk, ShardUtterance> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("assemble", 2);

  private static final int LAST_LAYOUT_BY_HASH = 1;

  /** What the chunks of an utterance agree in, and the checksum of each that came (0: not yet). */
  public record Progress(
      int sampleRateHz,
      int channels,
      String encoding,
      long[] checksums,
      int present,
      long bytes,
      boolean assembled) {

    /** None of an utterance's chunks came yet; they are to agree with this one. */
    private static Progress none(Chunk chunk) {
      return new Progress(
          chunk.sampleRateHz(),
          chunk.channels(),
          chunk.encoding().name(),
          new long[chunk.count()],
          0,
          0,
          false);
    }

    private Progress with(long[] newChecksums, int nowPresent, long nowBytes, boolean complete) {
      return new Progress(
          sampleRateHz, channels, encoding, newChecksums, nowPresent, nowBytes, complete);
    }
  }

  /**
   * Share of the heap that an utterance may take: it is copied from stage to stage, into state and
   * into samples. Two hours at 16 kHz, 230 MB, ended a process of 2 and of 3 GB, again after each
   * restart, and not one of 4 GB.
   */
  private static final int HEAP_SHARE = 16;

  private final Duration timeout;
  private final int shards;
  private transient MapState<Integer, byte[]> chunks;
  private transient ValueState<Progress> progress;
  private transient ValueState<Long> latestMillis;
  private transient DeadLetterOutput deadLetters;
  private transient boolean byHash;

  /**
   * Gives up on an utterance {@code timeout} after the latest of its chunks.
   *
   * @param shards how many a job has that divides by hash ({@link Division#byHash})
   */
  public AssembleUtterances(Duration timeout, int shards) {
    super(LAYOUT);
    this.timeout = timeout;
    this.shards = shards;
  }

  @Override
  protected void restored(int restoredLayout, OperatorStateStore store) throws Exception {
    byHash = Division.isByHash(store, restoredLayout <= LAST_LAYOUT_BY_HASH);
  }

  @Override
  public void open(OpenContext context) {
    chunks =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("chunks", Integer.class, byte[].class));
    progress = getRuntimeContext().getState(new ValueStateDescriptor<>("progress", Progress.class));
    latestMillis =
        getRuntimeContext().getState(new ValueStateDescriptor<>("latest-chunk", Long.class));
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(Chunk chunk, Context context, Collector<ShardUtterance> out)
      throws Exception {
    Progress before = progress.value();
    long now = context.timerService().currentProcessingTime();
    if (before == null) {
      before = Progress.none(chunk);
      context.timerService().registerProcessingTimeTimer(now + timeout.toMillis());
    }
    String conflict = conflict(before, chunk);
    if (conflict != null) {
      reject(chunk, RejectReason.CONFLICTING_CHUNK, conflict, context);
      return;
    }
    if (before.checksums()[chunk.index()] != 0) {
      if (!before.assembled()) {
        latestMillis.update(now);
      }
      return;
    }
    long bytes = before.bytes() + chunk.pcm().length;
    if (bytes > maxBytes(chunk)) {
      reject(chunk, RejectReason.BAD_AUDIO_FORMAT, tooLong(chunk), context);
      return;
    }
    long[] checksums = before.checksums().clone();
    checksums[chunk.index()] = checksum(chunk.pcm());
    int present = before.present() + 1;
    boolean complete = present == chunk.count();
    if (complete) {
      int shard = byHash ? Shards.of(chunk.utteranceId(), shards) : ShardUtterance.UNDECIDED;
      out.collect(new ShardUtterance(shard, join(chunk, (int) bytes)));
      chunks.clear();
      latestMillis.clear();
    } else {
      chunks.put(chunk.index(), chunk.pcm());
      latestMillis.update(now);
    }
    progress.update(before.with(checksums, present, bytes, complete));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ShardUtterance> out)
      throws Exception {
    Progress state = progress.value();
    if (state == null || state.assembled()) {
      return;
    }
    long now = context.timerService().currentProcessingTime();
    if (Downtime.isLate(timestamp, now)) {
      context.timerService().registerProcessingTimeTimer(now + timeout.toMillis());
      return;
    }
    Long latest = latestMillis.value();
    if (latest != null && latest + timeout.toMillis() > now) {
      context.timerService().registerProcessingTimeTimer(latest + timeout.toMillis());
      return;
    }
    String[] key = context.getCurrentKey().split("\n");
    int[] missing =
        IntStream.range(0, state.checksums().length)
            .filter(i -> state.checksums()[i] == 0)
            .limit(10)
            .toArray();
    context.output(
        DeadLetterOutput.TAG,
        deadLetters.counted(
            Rejection.of(
                RejectReason.INCOMPLETE_UTTERANCE,
                "Of utterance %s of corpus %s %d of %d chunks came, then none for %s; missing are %s%s. Publish the utterance again."
                    .formatted(
                        key[1],
                        key[0],
                        state.present(),
                        state.checksums().length,
                        timeout,
                        Arrays.toString(missing),
                        state.checksums().length - state.present() > 10 ? " and more" : ""))));
    chunks.clear();
    progress.clear();
    latestMillis.clear();
  }

  private static String conflict(Progress before, Chunk chunk) {
    if (before.checksums().length != chunk.count()
        || before.sampleRateHz() != chunk.sampleRateHz()
        || before.channels() != chunk.channels()
        || !before.encoding().equals(chunk.encoding().name())) {
      return "A chunk of utterance %s says %d chunks, %d Hz, %d channels, %s; an earlier one said %d, %d, %d, %s. Publish the utterance under another id."
          .formatted(
              chunk.utteranceId(),
              chunk.count(),
              chunk.sampleRateHz(),
              chunk.channels(),
              chunk.encoding(),
              before.checksums().length,
              before.sampleRateHz(),
              before.channels(),
              before.encoding());
    }
    long earlier = before.checksums()[chunk.index()];
    if (earlier != 0 && earlier != checksum(chunk.pcm())) {
      return "Chunk %d of utterance %s came before with other audio. Publish the utterance under another id."
          .formatted(chunk.index(), chunk.utteranceId());
    }
    return null;
  }

  private Utterance join(Chunk last, int bytes) throws Exception {
    MessageDigest sha256 = Sha256.start();
    byte[] pcm = new byte[bytes];
    int at = 0;
    for (int i = 0; i < last.count(); i++) {
      byte[] part = i == last.index() ? last.pcm() : chunks.get(i);
      System.arraycopy(part, 0, pcm, at, part.length);
      sha256.update(part);
      at += part.length;
    }
    return new Utterance(
        last.corpusId(),
        last.utteranceId(),
        last.sampleRateHz(),
        last.channels(),
        last.encoding(),
        pcm,
        Sha256.finish(sha256));
  }

  private void reject(Chunk chunk, RejectReason reason, String message, Context context) {
    var source = chunk.source();
    context.output(
        DeadLetterOutput.TAG,
        deadLetters.counted(
            new Rejection(
                reason,
                message,
                source.topic(),
                source.partition(),
                source.offset(),
                source.key(),
                SingleObjectCodec.encode(chunk.toRecord()))));
  }

  private static long maxBytes(Chunk chunk) {
    return Math.min(bytesInMemory(), bytesOfLongest(chunk));
  }

  private static long bytesInMemory() {
    return Math.min(Integer.MAX_VALUE - 16L, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  }

  private static long bytesOfLongest(Chunk chunk) {
    long frameBytes = (long) chunk.channels() * PcmFormat.bytesPerSample(chunk.encoding());
    return frameBytes * chunk.sampleRateHz() * Manifest.MAX_UTTERANCE_SECONDS;
  }

  private static String tooLong(Chunk chunk) {
    return bytesOfLongest(chunk) <= bytesInMemory()
        ? "Utterance %s is longer than %d s. Publish it in pieces."
            .formatted(chunk.utteranceId(), Manifest.MAX_UTTERANCE_SECONDS)
        : "Utterance %s has more than %d MB, a share of the memory that leaves room for all that is made of it. Publish it in pieces, or give the process more memory."
            .formatted(chunk.utteranceId(), bytesInMemory() / 1_000_000);
  }

  /** CRC-32C plus 1, so that 0 can stand for "not yet". */
  private static long checksum(byte[] pcm) {
    CRC32C crc = new CRC32C();
    crc.update(pcm);
    return crc.getValue() + 1;
  }
}
