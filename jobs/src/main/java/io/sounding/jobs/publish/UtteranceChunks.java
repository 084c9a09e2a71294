package io.sounding.jobs.publish;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Chunk;
import io.sounding.operators.admit.Manifest;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.PcmFormat;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;

/** An utterance as it travels: its audio cut into chunks, each small enough for a Kafka record. */
final class UtteranceChunks {

  /** PCM bytes of a chunk, at most: well below Kafka's default limit of 1 MB a record. */
  private static final int CHUNK_BYTES = 512 * 1024;

  private final String corpusId;
  private final String utteranceId;
  private final DecodedAudio audio;
  private final int framesPerChunk;

  UtteranceChunks(String corpusId, String utteranceId, DecodedAudio audio) {
    this.corpusId = corpusId;
    this.utteranceId = utteranceId;
    this.audio = audio;
    this.framesPerChunk =
        CHUNK_BYTES / (audio.channels() * PcmFormat.bytesPerSample(audio.encoding()));
  }

  /**
   * The utterance that a file holds.
   *
   * @throws UnusableInputException if the file cannot be read, or is one that the job would refuse,
   *     and with it the manifest that names it
   */
  static UtteranceChunks of(String corpusId, AudioFiles.AudioFilePath file)
      throws UnusableInputException {
    DecodedAudio audio = AudioFile.read(file.path());
    check(file.path(), audio);
    return new UtteranceChunks(corpusId, file.utteranceId(), audio);
  }

  private static void check(Path file, DecodedAudio audio) throws UnusableInputException {
    int rate = audio.sampleRateHz();
    if (rate < CheckpointRequest.MIN_SAMPLE_RATE_HZ
        || rate > CheckpointRequest.MAX_SAMPLE_RATE_HZ) {
      throw new UnusableInputException(
          file,
          "has a sample rate of %d Hz; it must lie in %d to %d"
              .formatted(
                  rate, CheckpointRequest.MIN_SAMPLE_RATE_HZ, CheckpointRequest.MAX_SAMPLE_RATE_HZ),
          "resample it");
    } else if (audio.channels() > Chunk.MAX_CHANNELS) {
      throw new UnusableInputException(
          file,
          "has %d channels; it must have 1 to %d".formatted(audio.channels(), Chunk.MAX_CHANNELS),
          "mix it down");
    } else if (audio.samplesPerChannel() > (long) Manifest.MAX_UTTERANCE_SECONDS * rate) {
      throw new UnusableInputException(
          file,
          "is longer than %d s".formatted(Manifest.MAX_UTTERANCE_SECONDS),
          "cut it into utterances of minutes");
    }
  }

  String utteranceId() {
    return utteranceId;
  }

  double audioSeconds() {
    return audio.durationSeconds();
  }

  int count() {
    return Math.toIntExact((audio.samplesPerChannel() + framesPerChunk - 1) / framesPerChunk);
  }

  AudioChunk chunk(int index) {
    return new AudioChunk(
        corpusId,
        utteranceId,
        index,
        count(),
        audio.sampleRateHz(),
        audio.channels(),
        audio.encoding(),
        ByteBuffer.wrap(pcm(index)));
  }

  private byte[] pcm(int index) {
    long from = (long) index * framesPerChunk;
    return audio.interleavedPcm(from, Math.min(audio.samplesPerChannel(), from + framesPerChunk));
  }

  /** Its line in the manifest. */
  SealedUtterance sealed() {
    MessageDigest sha256 = Sha256.start();
    for (int index = 0; index < count(); index++) {
      sha256.update(pcm(index));
    }
    return new SealedUtterance(
        utteranceId, audio.samplesPerChannel(), audio.sampleRateHz(), Sha256.finish(sha256));
  }
}
