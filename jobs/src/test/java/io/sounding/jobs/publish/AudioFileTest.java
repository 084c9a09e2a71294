package io.sounding.jobs.publish;

import static io.sounding.jobs.publish.WaveBytes.ascii;
import static io.sounding.jobs.publish.WaveBytes.chunk;
import static io.sounding.jobs.publish.WaveBytes.extensible;
import static io.sounding.jobs.publish.WaveBytes.file;
import static io.sounding.jobs.publish.WaveBytes.format;
import static io.sounding.jobs.publish.WaveBytes.int16;
import static io.sounding.jobs.publish.WaveBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for both formats, above all on hostile input. */
class AudioFileTest {
  @TempDir Path folder;

  @Test
  void whatIsNotAudioIsRefusedWithASentence() throws IOException {
    refused(ascii("once upon a time"), "is neither WAV nor FLAC; convert it to WAV or FLAC");
    refused(new byte[0], "is neither WAV nor FLAC");
    refused(ascii("RIFF....AVI LIST"), "is neither WAV nor FLAC");
    refused(ascii("ID3\4\0\0\0\0\0\4....\377\373"), "is neither WAV nor FLAC");
    assertThatThrownBy(() -> AudioFile.read(folder))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(folder + ": is a folder; name the audio files in it.");
    Path missing = folder.resolve("missing.wav");
    assertThatThrownBy(() -> AudioFile.read(missing))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(missing + ": does not exist; check the path.");
  }

  @Test
  void theNameOfTheFileDoesNotMatter() throws IOException {
    byte[] content = Files.readAllBytes(FlacFileTest.golden("tiny_8000_16bit"));
    Path path = Files.write(folder.resolve("tiny.wav"), content);
    assertThat(AudioFile.read(path).samplesPerChannel()).isEqualTo(200);
  }

  @Test
  void everyPrefixOfAWaveFileThatLacksSamplesIsRefused() throws IOException {
    byte[] whole =
        file(
            chunk("LIST", ascii("INFOx")),
            extensible(1, 2, 16_000, 24, 24),
            chunk("data", new byte[60]),
            chunk("id3 ", new byte[9]));
    int readable = 0;
    for (int length = 0; length <= whole.length; length++) {
      readable += samplesOrZero(Arrays.copyOf(whole, length)) > 0 ? 1 : 0;
    }
    // From the last of the 60 bytes on, to the end of the file.
    assertThat(readable).isEqualTo(1 + 18);
  }

  @Test
  void everyPrefixOfAFlacFileIsRefusedAndOnlyTheWholeIsRead() throws IOException {
    byte[] whole = Files.readAllBytes(FlacFileTest.golden("tiny_8000_16bit"));
    for (int length = 0; length < whole.length; length++) {
      assertThat(samplesOrZero(Arrays.copyOf(whole, length))).as("prefix %d", length).isZero();
    }
    assertThat(samplesOrZero(whole)).isEqualTo(200);
  }

  @Test
  void everyPrefixOfAPipedFlacFileIsWholeFramesOrRefused() throws IOException {
    byte[] whole = Files.readAllBytes(FlacFileTest.golden("piped_without_length_16000_16bit"));
    for (int length = 0; length < whole.length; length++) {
      assertThat(samplesOrZero(Arrays.copyOf(whole, length))).as("prefix %d", length).isZero();
    }
    assertThat(samplesOrZero(whole)).isEqualTo(1_600);
  }

  @Test
  void everySingleWrongByteOfAFlacFileIsFoundOrHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(FlacFileTest.golden("tiny_8000_16bit"));
    DecodedAudio expected = AudioFile.read(FlacFileTest.golden("tiny_8000_16bit"));
    for (int i = 0; i < whole.length; i++) {
      for (int flipped : new int[] {1, 0x80, 0xFF}) {
        byte[] damaged = whole.clone();
        damaged[i] ^= (byte) flipped;
        Path path = Files.write(folder.resolve("damaged.flac"), damaged);
        try {
          // What is read has the right samples, for their MD5 was compared; the rate has no check.
          assertThat(AudioFile.read(path).interleavedPcm())
              .as("byte %d ^ %d", i, flipped)
              .isEqualTo(expected.interleavedPcm());
        } catch (UnusableInputException e) {
          assertThat(e).hasMessageContaining("damaged.flac: ");
        }
      }
    }
  }

  @Test
  void randomBytesBehindAGoodBeginningAreAudioOrRefused() throws IOException {
    long seed = 20_260_722;
    Random random = new Random(seed);
    byte[] flac = Files.readAllBytes(FlacFileTest.golden("stereo_44100_16bit"));
    byte[] wave = file(format(1, 1, 16_000, 16), chunk("data", int16(new int[100])));
    for (int round = 0; round < 600; round++) {
      byte[] begin = round % 2 == 0 ? flac : wave;
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      int kept = random.nextInt(round % 2 == 0 ? 200 : 44);
      samplesOrZero(join(Arrays.copyOf(begin, kept), noise));
    }
  }

  @Test
  void aHeaderThatClaimsGigabytesAllocatesNothing() throws IOException {
    for (long size : new long[] {0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL}) {
      byte[] data = chunk("data", size, new byte[8]);
      assertThat(samplesOrZero(file(format(1, 1, 16_000, 16), data))).isEqualTo(4);
      byte[] list = chunk("LIST", size, new byte[8]);
      assertThat(samplesOrZero(file(format(1, 1, 16_000, 16), list, data))).isZero();
      byte[] format = chunk("fmt ", size, new byte[8]);
      assertThat(samplesOrZero(file(format, data))).isZero();
    }
  }

  private long samplesOrZero(byte[] content) throws IOException {
    Path path = Files.write(folder.resolve("hostile"), content);
    try {
      return AudioFile.read(path).samplesPerChannel();
    } catch (UnusableInputException e) {
      assertThat(e).hasMessageStartingWith(path + ": ").hasMessageEndingWith(".");
      return 0;
    }
  }

  private void refused(byte[] content, String sentence) throws IOException {
    Path path = Files.write(folder.resolve("refused"), content);
    assertThatThrownBy(() -> AudioFile.read(path))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }
}
