package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.PcmFormat;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes audio files as a corpus: the chunks of every utterance, then the manifest. */
public final class CorpusPublisher {

  /** PCM bytes of a chunk, at most: well below Kafka's default limit of 1 MB a record. */
  private static final int CHUNK_BYTES = 512 * 1024;

  private final CheckedSends sends;
  private final String topic;

  public CorpusPublisher(Producer<byte[], byte[]> producer, String topic) {
    this.sends = new CheckedSends(producer);
    this.topic = topic;
  }

  /**
   * What was published.
   *
   * @param utterances number of utterances
   * @param audioSeconds their audio, seconds
   * @param digest names their content
   */
  public record Published(int utterances, double audioSeconds, String digest) {}

  /**
   * Publishes the files in this order, then seals the corpus.
   *
   * @throws UnusableInputException if a file cannot be read; then the corpus is not sealed
   */
  public Published publish(String corpusId, List<AudioFiles.AudioFilePath> files)
      throws java.io.IOException {
    List<SealedUtterance> sealed = new ArrayList<>();
    double seconds = 0;
    for (AudioFiles.AudioFilePath file : files) {
      DecodedAudio audio = AudioFile.read(file.path());
      sealed.add(publish(corpusId, file.utteranceId(), audio));
      seconds += audio.durationSeconds();
    }
    sealed.sort(Comparator.comparing(SealedUtterance::getUtteranceId));
    String digest = CorpusDigest.of(sealed);
    CorpusSealed manifest = new CorpusSealed(corpusId, sealed, digest, Instant.now());
    sends.flush(); // a corpus is sealed only when all of it is there
    sends.send(
        new ProducerRecord<>(topic, RecordKeys.of(manifest), SingleObjectCodec.encode(manifest)));
    sends.flush();
    return new Published(sealed.size(), seconds, digest);
  }

  private SealedUtterance publish(String corpusId, String utteranceId, DecodedAudio audio) {
    int frameBytes = audio.channels() * PcmFormat.bytesPerSample(audio.encoding());
    int framesPerChunk = CHUNK_BYTES / frameBytes;
    long frames = audio.samplesPerChannel();
    int chunks = Math.toIntExact((frames + framesPerChunk - 1) / framesPerChunk);
    MessageDigest sha256 = sha256();
    for (int index = 0; index < chunks; index++) {
      long from = (long) index * framesPerChunk;
      byte[] pcm = audio.interleavedPcm(from, Math.min(frames, from + framesPerChunk));
      sha256.update(pcm);
      AudioChunk chunk =
          new AudioChunk(
              corpusId,
              utteranceId,
              index,
              chunks,
              audio.sampleRateHz(),
              audio.channels(),
              audio.encoding(),
              ByteBuffer.wrap(pcm));
      sends.send(
          new ProducerRecord<>(topic, RecordKeys.of(chunk), SingleObjectCodec.encode(chunk)));
    }
    return new SealedUtterance(
        utteranceId, frames, audio.sampleRateHz(), HexFormat.of().formatHex(sha256.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
