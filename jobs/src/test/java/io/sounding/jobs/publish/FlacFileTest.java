package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.PcmEncoding;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlacFileTest {
  @TempDir Path folder;

  /** The MD5s and samples are those that flac 1.4.2 and sox 14.4.2 give; see README.md there. */
  @ParameterizedTest
  @CsvSource({
    "mono_8000_8bit, 8000, 1, 8, 800, 166fd2150975f44f607a0260137e1127, 3 3 -1 6",
    "mono_16000_16bit, 16000, 1, 16, 1600, 2f0d128547b04991b1b6b13b33e4baf3, 594 959 1018 -210",
    "piped_without_length_16000_16bit, 16000, 1, 16, 1600, 2f0d128547b04991b1b6b13b33e4baf3,"
        + " 594 959 1018 -210",
    "tiny_8000_16bit, 8000, 1, 16, 200, 253d7409882eead33f183c19775c7cfe, 597 5467 10519 14097",
    "stereo_44100_16bit, 44100, 2, 16, 4410, f4c6ca1a67244318844b8d6ed61a66d4, 717 810 72 429",
    "eight_channels_16000_16bit, 16000, 8, 16, 320, 4b7cf74bb85106f6048f489b39b4bf34,"
        + " 63 125 187 250",
    "mono_22050_24bit, 22050, 1, 24, 2205, f7d52599618cc15d6b4b470958f64bda,"
        + " 239273 166169 268109 293383",
    "stereo_48000_24bit, 48000, 2, 24, 4800, e603820f2691ece3141bd6640a00b621,"
        + " 204352 241142 19186 101540"
  })
  void everySampleIsTheOneOfTheFlacCommand(
      String name, int rateHz, int channels, int bits, long samples, String md5, String first)
      throws IOException, GeneralSecurityException {
    DecodedAudio audio = AudioFile.read(golden(name));
    assertThat(audio.sampleRateHz()).isEqualTo(rateHz);
    assertThat(audio.channels()).isEqualTo(channels);
    assertThat(audio.samplesPerChannel()).isEqualTo(samples);
    assertThat(audio.encoding())
        .isEqualTo(bits == 24 ? PcmEncoding.FLOAT32LE : PcmEncoding.PCM_S16LE);
    int[] integers = integers(audio, bits);
    assertThat(Arrays.stream(integers).limit(4).mapToObj(Integer::toString))
        .containsExactly(first.split(" "));
    assertThat(md5(integers, bits)).isEqualTo(md5);
  }

  @Test
  void tagsAreNeitherReadNorTrusted() throws IOException {
    byte[] plain = Files.readAllBytes(golden("tiny_8000_16bit"));
    int frames = plain.length;
    for (int block = 4; frames == plain.length; ) {
      int length = (plain[block + 1] & 255) << 16 | (plain[block + 2] & 255) << 8;
      length |= plain[block + 3] & 255;
      if (plain[block] < 0) {
        frames = block + 4 + length;
      }
      block += 4 + length;
    }
    // A picture block of 66,053 bytes whose inner lengths claim 2 GiB, as the last metadata block.
    byte[] picture = Arrays.copyOf(new byte[] {(byte) 0x86, 1, 2, 5}, 4 + 66_053);
    System.arraycopy(new byte[] {0, 0, 0, 3, 0x7F, -1, -1, -1}, 0, picture, 4, 8);
    // 7 bits of each of the last four bytes are a length: 2,113,797
    byte[] id3 = Arrays.copyOf(new byte[] {'I', 'D', '3', 4, 0, 0, 1, 1, 2, 5}, 10 + 2_113_797);
    byte[] streamInfo = Arrays.copyOf(plain, 42);
    byte[] tagged =
        WaveBytes.join(id3, streamInfo, picture, Arrays.copyOfRange(plain, frames, plain.length));
    Path path = Files.write(folder.resolve("tagged.flac"), tagged);
    assertThat(AudioFile.read(path)).isEqualTo(AudioFile.read(golden("tiny_8000_16bit")));
  }

  @Test
  void aFileThatWasCutShortIsRefusedAndSaysHowMuchIsLeft() throws IOException {
    byte[] whole = Files.readAllBytes(golden("stereo_48000_24bit"));
    refused(Arrays.copyOf(whole, whole.length / 2), "is a FLAC file that ");
    refused(Arrays.copyOf(whole, 42), "ends before its samples; copy or make the file again");
    refused(Arrays.copyOf(whole, 20), "does not start with its stream info");
  }

  @Test
  void otherSamplesThanThoseEncodedAreRefused() throws IOException {
    byte[] content = Files.readAllBytes(golden("tiny_8000_16bit"));
    content[30] ^= 1;
    refused(content, "has other samples than those it was made of (MD5)");
  }

  @Test
  void aHeaderThatCannotBeUsedIsRefused() throws IOException {
    byte[] content = Files.readAllBytes(golden("tiny_8000_16bit"));
    byte[] thirtyTwoBits = content.clone();
    thirtyTwoBits[20] |= 1;
    thirtyTwoBits[21] |= (byte) 0xF0;
    refused(thirtyTwoBits, "is a FLAC file of 32 bits; reduce it with");
    byte[] noRate = content.clone();
    noRate[18] = 0;
    noRate[19] = 0;
    noRate[20] &= 0x0F;
    refused(noRate, "states 0 Hz and 16 bits");
    byte[] moreSamples = content.clone();
    moreSamples[21] |= 0x0F;
    refused(moreSamples, "holds 200 of its 64424509640 samples");
  }

  private void refused(byte[] content, String sentence) throws IOException {
    Path path = Files.write(folder.resolve("refused.flac"), content);
    assertThatThrownBy(() -> AudioFile.read(path))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }

  static Path golden(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(FlacFileTest.class.getResource(name + ".flac"), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The integers that were encoded; exact, because the decoder only scales by powers of two. */
  private static int[] integers(DecodedAudio audio, int bits) {
    ByteBuffer pcm = ByteBuffer.wrap(audio.interleavedPcm()).order(ByteOrder.LITTLE_ENDIAN);
    int[] integers = new int[(int) audio.samplesPerChannel() * audio.channels()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = bits == 24 ? (int) (pcm.getFloat() * (1 << 23)) : pcm.getShort() >> 16 - bits;
    }
    return integers;
  }

  private static String md5(int[] integers, int bits) throws GeneralSecurityException {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    for (int sample : integers) {
      for (int shift = 0; shift < bits; shift += 8) {
        md5.update((byte) (sample >> shift));
      }
    }
    return HexFormat.of().formatHex(md5.digest());
  }
}
