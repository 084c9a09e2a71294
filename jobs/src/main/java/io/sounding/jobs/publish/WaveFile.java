package io.sounding.jobs.publish;

import static io.sounding.jobs.publish.AudioFile.CONVERT;
import static io.sounding.jobs.publish.AudioFile.COPY_AGAIN;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.PcmFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The RIFF/WAVE container (Microsoft, "Multimedia Programming Interface and Data Specifications
 * 1.0", 1991; WAVE_FORMAT_EXTENSIBLE of mmreg.h; RF64 of EBU Tech 3306).
 *
 * <p>Not javax.sound.sampled: measured on JDK 17, it returns 0 samples for a data size of 0, which
 * is what writers to a pipe leave behind, and refuses the extensible form of such a file and one
 * with an odd LIST chunk that lacks its padding byte.
 *
 * <p>A data size of 0 in a file whose RIFF size is wrong too, and one of 0x7FFFF000 (sox) or more,
 * mean "to the end of the file": writers to a pipe leave them. Any other that reaches beyond the
 * end is that of a file that was cut short. A last sample that is not there for every channel is
 * dropped.
 */
final class WaveFile {

  /** Clipped mixes exceed full scale a few times; whole numbers of 16 bits thousands of times. */
  private static final float MOST = 256;

  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final long UNKNOWN_SIZE = 0xFFFF_FFFFL;

  /**
   * What those write who cannot go back to the header: 2 or 4 GiB, or less by no more than this.
   */
  private static final long PIPED_SHORT_OF = 0x1000;

  private static final Map<Integer, String> OTHER_CODECS =
      Map.of(
          2,
          "Microsoft ADPCM",
          6,
          "A-law",
          7,
          "mu-law",
          0x11,
          "IMA ADPCM",
          0x31,
          "GSM 6.10",
          0x50,
          "MPEG layer 2",
          0x55,
          "MP3",
          0xFF,
          "AAC");

  /**
   * The last bytes of the sub-format of the extensible form (KSDATAFORMAT_SUBTYPE_PCM and so on).
   */
  private static final byte[] SUB_FORMAT_TAIL = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
  };

  private final Path file;
  private final ByteBuffer content;
  private ByteBuffer format;
  private long longDataSize = UNKNOWN_SIZE;

  private WaveFile(Path file, byte[] content) {
    this.file = file;
    this.content = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  static DecodedAudio decode(Path file, byte[] content) throws UnusableInputException {
    return new WaveFile(file, content).decode();
  }

  private DecodedAudio decode() throws UnusableInputException {
    long offset = 12;
    while (offset + 8 <= content.limit()) {
      int at = (int) offset;
      String name = new String(content.array(), at, 4, StandardCharsets.ISO_8859_1);
      long size = content.getInt(at + 4) & 0xFFFF_FFFFL;
      if (name.equals("data")) {
        return samples(slice(at + 8, dataSize(at + 8, size)));
      } else if (name.equals("fmt ")) {
        format = slice(at + 8, size);
      } else if (name.equals("ds64") && size >= 16 && at + 24 <= content.limit()) {
        longDataSize = content.getLong(at + 16);
      }
      offset += 8 + size;
      // Chunks start at even offsets, but some writers leave the padding byte out.
      if (size % 2 != 0 && !(offset < content.limit() && content.get((int) offset) != 0)) {
        offset++;
      }
    }
    throw new UnusableInputException(
        file, "is a WAV file that ends before its samples", COPY_AGAIN);
  }

  private long dataSize(int start, long size) throws UnusableInputException {
    boolean finished = (content.getInt(4) & 0xFFFF_FFFFL) + 8 == content.limit();
    if (size == 0 && !finished) {
      return UNKNOWN_SIZE;
    }
    long stated = size == UNKNOWN_SIZE && longDataSize >= 0 ? longDataSize : size;
    long missing = start + stated - content.limit();
    if (missing > 0 && !isShortOf(1L << 31, stated) && !isShortOf(1L << 32, stated)) {
      throw damaged("ends %d bytes before its samples do".formatted(missing));
    }
    return stated;
  }

  private static boolean isShortOf(long limit, long size) {
    return size <= limit && size >= limit - PIPED_SHORT_OF;
  }

  /**
   * The part of the file from {@code start}, of {@code size} bytes or up to the end of the file.
   */
  private ByteBuffer slice(int start, long size) {
    int length = (int) Math.min(size, content.limit() - (long) start);
    return content.slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private DecodedAudio samples(ByteBuffer data) throws UnusableInputException {
    if (format == null || format.limit() < 16) {
      throw damaged("states no sample format before its samples");
    }
    int channels = format.getChar(2);
    long sampleRateHz = format.getInt(4) & 0xFFFF_FFFFL;
    int stride = format.getChar(12);
    int bits = format.getChar(14);
    int codec = codec();
    if (channels == 0 || stride == 0 || stride % channels != 0) {
      throw damaged("states %d channels in %d bytes".formatted(channels, stride));
    }
    if (sampleRateHz == 0 || sampleRateHz > AudioFile.MAXIMUM_SAMPLE_RATE_HZ) {
      throw damaged("states a sample rate of %d Hz".formatted(sampleRateHz));
    }
    int bytes = stride / channels;
    if (bits == 0 || bits > 8 * bytes) {
      throw damaged("states %d bits in %d bytes per sample".formatted(bits, bytes));
    }
    int samples = data.limit() / stride * channels;
    if (samples == 0) {
      throw AudioFile.noSamples(file);
    }
    PcmEncoding encoding =
        codec == PCM && bytes <= 2 ? PcmEncoding.PCM_S16LE : PcmEncoding.FLOAT32LE;
    if ((long) samples * PcmFormat.bytesPerSample(encoding) > AudioFile.MAXIMUM_BYTES) {
      throw AudioFile.tooLong(file);
    }
    byte[] pcm = convert(data, samples, codec, bytes);
    return new DecodedAudio((int) sampleRateHz, channels, samples / channels, encoding, pcm);
  }

  private int codec() throws UnusableInputException {
    int codec = format.getChar(0);
    if (codec == EXTENSIBLE && format.limit() >= 40) {
      codec = format.getChar(24);
      if (!format.slice(26, 14).equals(ByteBuffer.wrap(SUB_FORMAT_TAIL))) {
        throw new UnusableInputException(file, "is a WAV file of an unknown sub-format", CONVERT);
      }
    }
    if (codec != PCM && codec != IEEE_FLOAT) {
      String name = OTHER_CODECS.getOrDefault(codec, "codec 0x%04X".formatted(codec));
      throw new UnusableInputException(
          file, "is a WAV file with " + name + " samples, not PCM or float", CONVERT);
    }
    return codec;
  }

  private byte[] convert(ByteBuffer data, int samples, int codec, int bytes)
      throws UnusableInputException {
    int width = codec == PCM && bytes <= 2 ? 2 : 4;
    ByteBuffer pcm = ByteBuffer.allocate(samples * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      int at = i * bytes;
      switch (codec * 10 + bytes) {
        case PCM * 10 + 1 -> pcm.putShort((short) ((data.get(at) & 0xFF) - 128 << 8));
        case PCM * 10 + 2 -> pcm.putShort(data.getShort(at));
        case PCM * 10 + 3 -> pcm.putFloat((data.getChar(at) | data.get(at + 2) << 16) * 0x1p-23f);
        case PCM * 10 + 4 -> pcm.putFloat(data.getInt(at) * 0x1p-31f);
        case IEEE_FLOAT * 10 + 4 -> pcm.putFloat(finite(data.getFloat(at), i));
        case IEEE_FLOAT * 10 + 8 -> pcm.putFloat(finite((float) data.getDouble(at), i));
        default ->
            throw new UnusableInputException(
                file,
                "is a WAV file of %d-bit %s samples"
                    .formatted(8 * bytes, codec == PCM ? "integer" : "float"),
                CONVERT);
      }
    }
    return pcm.array();
  }

  private float finite(float sample, int index) throws UnusableInputException {
    if (!Float.isFinite(sample)) {
      throw new UnusableInputException(
          file,
          "has the value %s at sample %d".formatted(sample, index / (int) format.getChar(2)),
          "make the file again from its source or leave it out of the corpus");
    }
    if (Math.abs(sample) > MOST) {
      throw new UnusableInputException(
          file,
          "has the value %s at sample %d, and the full scale of a float file is 1"
              .formatted(sample, index / (int) format.getChar(2)),
          "divide its samples by 32768 if they are 16-bit ones that were made floats");
    }
    return sample;
  }

  private UnusableInputException damaged(String finding) {
    return new UnusableInputException(file, "is a WAV file that " + finding, COPY_AGAIN);
  }
}
