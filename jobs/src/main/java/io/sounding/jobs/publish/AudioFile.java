package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a WAV or FLAC file whole. The format is told by the first bytes, never by the file's name.
 *
 * <table>
 * <caption>What becomes of the samples</caption>
 * <tr><th>in the file</th><th>decoded</th></tr>
 * <tr><td>WAV 8 bit unsigned u</td><td>{@code (u - 128) << 8} as 16 bit</td></tr>
 * <tr><td>WAV 16 bit; FLAC of b &lt;= 16 bit</td><td>16 bit, shifted left by 16 - b</td></tr>
 * <tr><td>WAV 24, 32 bit; FLAC of b = 17 to 24 bit</td><td>float, times 2^-23, 2^-31, 2^(1-b)</td></tr>
 * <tr><td>WAV float 32, 64 bit</td><td>float, unchanged or rounded to 32 bit; not clipped</td></tr>
 * </table>
 *
 * <p>All conversions but those of 32-bit integers and 64-bit floats are exact. Those two round to
 * the nearest float, so the largest 32-bit integer becomes 1.0.
 */
public final class AudioFile {
  /** How to make a readable file of any other. */
  static final String CONVERT = "convert it to WAV or FLAC, for example with: sox IN OUT.flac";

  /** How to replace a file that lost bytes. */
  static final String COPY_AGAIN = "copy or make the file again";

  /** The most bytes of decoded audio that one array can hold. */
  static final long MAXIMUM_BYTES = Integer.MAX_VALUE - 8L;

  /** The highest rate that a FLAC header can state (20 bits), Hz; far above any used for speech. */
  static final long MAXIMUM_SAMPLE_RATE_HZ = (1 << 20) - 1;

  private AudioFile() {}

  /**
   * Reads the file.
   *
   * @throws UnusableInputException when the file cannot be opened, is not WAV or FLAC, is damaged,
   *     holds no samples or a float that is NaN or infinite, or has more than 2^31 - 9 bytes
   */
  public static DecodedAudio read(Path file) throws UnusableInputException {
    byte[] content = content(file);
    if (startsWith(content, 0, "RIFF") || startsWith(content, 0, "RF64")) {
      if (startsWith(content, 8, "WAVE")) {
        return WaveFile.decode(file, content);
      }
    } else if (startsWith(content, 0, "fLaC") || startsWith(content, 0, "ID3")) {
      return FlacFile.decode(file, content);
    }
    throw new UnusableInputException(file, "is neither WAV nor FLAC", CONVERT);
  }

  private static byte[] content(Path file) throws UnusableInputException {
    try {
      if (Files.isDirectory(file)) {
        throw new UnusableInputException(file, "is a folder", "name the audio files in it");
      }
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw tooLong(file);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  static UnusableInputException tooLong(Path file) {
    return new UnusableInputException(
        file, "is longer than 2 GiB of samples", "cut it into utterances of minutes");
  }

  static UnusableInputException noSamples(Path file) {
    return new UnusableInputException(file, "holds no samples", "leave it out of the corpus");
  }

  /** Whether the ASCII letters of {@code magic} stand at {@code offset}. */
  static boolean startsWith(byte[] content, int offset, String magic) {
    if (content.length < offset + magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if (content[offset + i] != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
