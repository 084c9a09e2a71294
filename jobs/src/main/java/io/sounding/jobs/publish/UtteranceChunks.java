package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.PcmFormat;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.Sha256;
import java.nio.ByteBuffer;
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
