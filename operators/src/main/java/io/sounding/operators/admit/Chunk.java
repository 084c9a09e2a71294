package io.sounding.operators.admit;

import static io.sounding.operators.admit.Validity.check;
import static io.sounding.operators.admit.Validity.checkId;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.PcmFormat;
import io.sounding.schemas.RejectReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of one utterance: an audio chunk that was found valid.
 *
 * @param corpusId the corpus
 * @param utteranceId the utterance
 * @param index 0-based position in the utterance
 * @param count chunks of the utterance
 * @param sampleRateHz sample rate, Hz
 * @param channels interleaved channels
 * @param encoding encoding of {@code pcm}
 * @param pcm interleaved samples, whole sample frames
 * @param source where it came from, without its value
 */
public record Chunk(
    String corpusId,
    String utteranceId,
    int index,
    int count,
    int sampleRateHz,
    int channels,
    PcmEncoding encoding,
    byte[] pcm,
    KafkaRecord source) {

  private static final int MAX_CHUNKS = 10_000;

  /** Most channels of an utterance; they are mixed into one. */
  public static final int MAX_CHANNELS = 8;

  static Chunk of(AudioChunk chunk, KafkaRecord source) throws DecodingException {
    checkId("corpusId", chunk.getCorpusId());
    checkId("utteranceId", chunk.getUtteranceId());
    check(
        chunk.getChunkCount() >= 1 && chunk.getChunkCount() <= MAX_CHUNKS,
        RejectReason.BAD_CHUNK,
        "The chunkCount is %d; it must lie in 1 to %d.",
        chunk.getChunkCount(),
        MAX_CHUNKS);
    check(
        chunk.getChunkIndex() >= 0 && chunk.getChunkIndex() < chunk.getChunkCount(),
        RejectReason.BAD_CHUNK,
        "The chunkIndex is %d of %d chunks; it must lie in 0 to %d.",
        chunk.getChunkIndex(),
        chunk.getChunkCount(),
        chunk.getChunkCount() - 1);
    check(
        chunk.getSampleRateHz() >= CheckpointRequest.MIN_SAMPLE_RATE_HZ
            && chunk.getSampleRateHz() <= CheckpointRequest.MAX_SAMPLE_RATE_HZ,
        RejectReason.BAD_AUDIO_FORMAT,
        "The sampleRateHz is %d; it must lie in %d to %d.",
        chunk.getSampleRateHz(),
        CheckpointRequest.MIN_SAMPLE_RATE_HZ,
        CheckpointRequest.MAX_SAMPLE_RATE_HZ);
    check(
        chunk.getChannels() >= 1 && chunk.getChannels() <= MAX_CHANNELS,
        RejectReason.BAD_AUDIO_FORMAT,
        "The audio has %d channels; it must have 1 to %d.",
        chunk.getChannels(),
        MAX_CHANNELS);
    check(
        chunk.getEncoding() != PcmEncoding.UNKNOWN,
        RejectReason.BAD_AUDIO_FORMAT,
        "The encoding is not one this version knows (PCM_S16LE, FLOAT32LE). Update Sounding.");
    ByteBuffer buffer = chunk.getPcm();
    byte[] pcm = new byte[buffer.remaining()];
    buffer.duplicate().get(pcm);
    int frameBytes = chunk.getChannels() * PcmFormat.bytesPerSample(chunk.getEncoding());
    check(
        pcm.length > 0 && pcm.length % frameBytes == 0,
        RejectReason.BAD_PCM,
        "The chunk has %d bytes; with %d channels of %s it must be a positive multiple of %d.",
        pcm.length,
        chunk.getChannels(),
        chunk.getEncoding(),
        frameBytes);
    if (chunk.getEncoding() == PcmEncoding.FLOAT32LE) {
      checkFinite(pcm);
    }
    return new Chunk(
        chunk.getCorpusId(),
        chunk.getUtteranceId(),
        chunk.getChunkIndex(),
        chunk.getChunkCount(),
        chunk.getSampleRateHz(),
        chunk.getChannels(),
        chunk.getEncoding(),
        pcm,
        source.withoutValue());
  }

  private static void checkFinite(byte[] pcm) throws DecodingException {
    var samples = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < samples.limit(); i++) {
      check(
          Float.isFinite(samples.get(i)),
          RejectReason.BAD_PCM,
          "Sample %d of the chunk is %s. Publish finite samples in [-1, 1).",
          i,
          samples.get(i));
    }
  }

  /** Corpus and utterance as one key; ids hold no line feeds. */
  public String utteranceKey() {
    return corpusId + "\n" + utteranceId;
  }

  /** The chunk as the Avro record it came as, for a dead letter. */
  public AudioChunk toRecord() {
    return new AudioChunk(
        corpusId,
        utteranceId,
        index,
        count,
        sampleRateHz,
        channels,
        encoding,
        ByteBuffer.wrap(pcm));
  }
}
