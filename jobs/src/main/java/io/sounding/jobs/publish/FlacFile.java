package io.sounding.jobs.publish;

import static io.sounding.jobs.publish.AudioFile.CONVERT;
import static io.sounding.jobs.publish.AudioFile.COPY_AGAIN;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.PcmFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jflac.FLACDecoder;
import org.jflac.frame.Frame;

/**
 * FLAC (RFC 9639) of 4 to 24 bits per sample and 1 to 8 channels, decoded by jFLAC.
 *
 * <p>jFLAC passes over damaged frames and says nothing about missing ones. Here the samples are
 * counted and their MD5 is compared with the one in the header (RFC 9639 section 8.2), so what is
 * returned is what was encoded, or there is an exception. A header of a piped encoder that states
 * neither number nor MD5 leaves only the checksum of each frame. Tags, pictures and seek tables are
 * not shown to the decoder: their sizes are not to be trusted.
 *
 * <p>jFLAC 1.5.2 writes a line to standard output for each residual partition in escape code, which
 * the flac command does not make and damaged files may seem to hold. Its fork javasound-flac 1.4.1
 * writes none, but fails on headers that do not state the number of samples.
 */
final class FlacFile {
  private static final int STREAM_INFO_BYTES = 34;

  private final Path file;
  private final byte[] content;
  private int sampleRateHz;
  private int channels;
  private int bits;
  private long statedSamples;
  private byte[] statedMd5;

  private FlacFile(Path file, byte[] content) {
    this.file = file;
    this.content = content;
  }

  static DecodedAudio decode(Path file, byte[] content) throws UnusableInputException {
    return new FlacFile(file, content).decode();
  }

  private DecodedAudio decode() throws UnusableInputException {
    InputStream streamInfoAndFrames = withoutTags();
    try {
      return decode(new FLACDecoder(streamInfoAndFrames));
    } catch (UnusableInputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw damaged("cannot be decoded (" + e + ")", e);
    }
  }

  private DecodedAudio decode(FLACDecoder decoder) throws IOException {
    decoder.readMetadata();
    MessageDigest md5 = md5();
    PcmEncoding encoding = bits <= 16 ? PcmEncoding.PCM_S16LE : PcmEncoding.FLOAT32LE;
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    long samples = 0;
    while (statedSamples == 0 || samples < statedSamples) {
      Frame frame = decoder.readNextFrame();
      if (decoder.getBadFrames() > 0) {
        throw damaged("has a damaged frame after sample " + samples, null);
      }
      if (frame == null) {
        break;
      }
      if (frame.header.channels != channels || frame.header.bitsPerSample != bits) {
        throw damaged("changes its sample format after sample " + samples, null);
      }
      int length = frame.header.blockSize;
      long bytes = pcm.size() + (long) length * channels * PcmFormat.bytesPerSample(encoding);
      if (bytes > AudioFile.MAXIMUM_BYTES) {
        throw AudioFile.tooLong(file);
      }
      append(decoder, length, encoding, pcm, md5);
      samples += length;
    }
    if (samples < statedSamples) {
      throw damaged("holds %d of its %d samples".formatted(samples, statedSamples), null);
    }
    if (samples == 0) {
      throw AudioFile.noSamples(file);
    }
    if (!Arrays.equals(statedMd5, new byte[16]) && !Arrays.equals(statedMd5, md5.digest())) {
      throw damaged("has other samples than those it was made of (MD5)", null);
    }
    return new DecodedAudio(sampleRateHz, channels, samples, encoding, pcm.toByteArray());
  }

  private void append(
      FLACDecoder decoder,
      int length,
      PcmEncoding encoding,
      ByteArrayOutputStream pcm,
      MessageDigest md5) {
    int bytes = (bits + 7) / 8;
    byte[] digested = new byte[length * channels * bytes];
    ByteBuffer decoded =
        ByteBuffer.allocate(length * channels * PcmFormat.bytesPerSample(encoding))
            .order(ByteOrder.LITTLE_ENDIAN);
    float scale = 1f / (1 << bits - 1);
    int next = 0;
    for (int i = 0; i < length; i++) {
      for (int channel = 0; channel < channels; channel++) {
        int sample = decoder.getChannelData()[channel].getOutput()[i];
        if (encoding == PcmEncoding.PCM_S16LE) {
          decoded.putShort((short) (sample << 16 - bits));
        } else {
          decoded.putFloat(sample * scale);
        }
        for (int b = 0; b < bytes; b++) {
          digested[next++] = (byte) (sample >> 8 * b);
        }
      }
    }
    pcm.writeBytes(decoded.array());
    md5.update(digested);
  }

  /** Reads the stream info; gives the decoder that as the only metadata block, then the frames. */
  private InputStream withoutTags() throws UnusableInputException {
    int marker = afterId3Tag();
    int block = marker + 4;
    int streamInfo = block + 4;
    if (!AudioFile.startsWith(content, marker, "fLaC")) {
      throw new UnusableInputException(file, "is neither WAV nor FLAC", CONVERT);
    }
    if (content.length < streamInfo + STREAM_INFO_BYTES
        || (content[block] & 0x7F) != 0
        || blockLength(block) != STREAM_INFO_BYTES) {
      throw damaged("does not start with its stream info", null);
    }
    readStreamInfo(ByteBuffer.wrap(content, streamInfo, STREAM_INFO_BYTES).slice());
    long frames = block;
    boolean last = false;
    while (!last) {
      if (frames + 4 > content.length) {
        throw damaged("ends before its samples", null);
      }
      last = content[(int) frames] < 0;
      frames += 4 + blockLength((int) frames);
    }
    byte[] header = Arrays.copyOfRange(content, marker, streamInfo + STREAM_INFO_BYTES);
    header[4] |= (byte) 0x80;
    int start = (int) Math.min(frames, content.length);
    return new SequenceInputStream(
        new ByteArrayInputStream(header),
        new ByteArrayInputStream(content, start, content.length - start));
  }

  private void readStreamInfo(ByteBuffer streamInfo) throws UnusableInputException {
    long packed = streamInfo.getLong(10);
    sampleRateHz = (int) (packed >>> 44);
    channels = (int) (packed >>> 41 & 7) + 1;
    bits = (int) (packed >>> 36 & 31) + 1;
    statedSamples = packed & (1L << 36) - 1;
    statedMd5 = new byte[16];
    streamInfo.get(18, statedMd5);
    if (bits > 24) {
      throw new UnusableInputException(
          file, "is a FLAC file of " + bits + " bits", "reduce it with: sox IN -b 24 OUT.flac");
    }
    if (sampleRateHz == 0 || bits < 4) {
      throw damaged("states %d Hz and %d bits".formatted(sampleRateHz, bits), null);
    }
  }

  /** Where the FLAC marker stands: some taggers put an ID3v2 tag in front. */
  private int afterId3Tag() {
    if (!AudioFile.startsWith(content, 0, "ID3") || content.length < 10) {
      return 0;
    }
    int size = content[6] << 21 | content[7] << 14 | content[8] << 7 | content[9];
    return size < 0 || size > content.length - 10 ? 0 : 10 + size;
  }

  private int blockLength(int block) {
    return (content[block + 1] & 0xFF) << 16
        | (content[block + 2] & 0xFF) << 8
        | content[block + 3] & 0xFF;
  }

  private UnusableInputException damaged(String finding, Exception cause) {
    return new UnusableInputException(file, "is a FLAC file that " + finding, COPY_AGAIN, cause);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
