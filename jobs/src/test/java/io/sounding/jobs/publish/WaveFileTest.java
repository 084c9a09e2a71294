package io.sounding.jobs.publish;

import static io.sounding.jobs.publish.WaveBytes.IEEE_FLOAT;
import static io.sounding.jobs.publish.WaveBytes.PCM;
import static io.sounding.jobs.publish.WaveBytes.ascii;
import static io.sounding.jobs.publish.WaveBytes.chunk;
import static io.sounding.jobs.publish.WaveBytes.extensible;
import static io.sounding.jobs.publish.WaveBytes.file;
import static io.sounding.jobs.publish.WaveBytes.float32;
import static io.sounding.jobs.publish.WaveBytes.float64;
import static io.sounding.jobs.publish.WaveBytes.format;
import static io.sounding.jobs.publish.WaveBytes.int16;
import static io.sounding.jobs.publish.WaveBytes.int32;
import static io.sounding.jobs.publish.WaveBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.PcmEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaveFileTest {
  private static final int[] SAMPLES = {0, 1, -1, 32_767, -32_768, 1_000};

  @TempDir Path folder;

  @Test
  void sixteenBitStaysAsItIs() throws IOException {
    DecodedAudio audio = read(file(format(PCM, 2, 44_100, 16), chunk("data", int16(SAMPLES))));
    assertThat(audio)
        .isEqualTo(new DecodedAudio(44_100, 2, 3, PcmEncoding.PCM_S16LE, int16(SAMPLES)));
  }

  @Test
  void eightBitBecomesSixteen() throws IOException {
    byte[] unsigned = {0, 1, 127, (byte) 128, (byte) 129, (byte) 255};
    DecodedAudio audio = read(file(format(PCM, 1, 8_000, 8), chunk("data", unsigned)));
    byte[] expected = int16(-32_768, -32_512, -256, 0, 256, 32_512);
    assertThat(audio).isEqualTo(new DecodedAudio(8_000, 1, 6, PcmEncoding.PCM_S16LE, expected));
  }

  @Test
  void twentyFourBitBecomesFloat() throws IOException {
    byte[] data = {0, 0, 0, 1, 0, 0, -1, -1, -1, -1, -1, 127, 0, 0, -128, 0, 0, 64};
    DecodedAudio audio = read(file(format(PCM, 1, 48_000, 24), chunk("data", data)));
    byte[] expected = float32(0f, 0x1p-23f, -0x1p-23f, 1f - 0x1p-23f, -1f, 0.5f);
    assertThat(audio).isEqualTo(new DecodedAudio(48_000, 1, 6, PcmEncoding.FLOAT32LE, expected));
  }

  @Test
  void thirtyTwoBitBecomesFloat() throws IOException {
    byte[] data = int32(0, 1, -1, Integer.MIN_VALUE, 1 << 30, Integer.MAX_VALUE);
    DecodedAudio audio = read(file(format(PCM, 1, 96_000, 32), chunk("data", data)));
    byte[] expected = float32(0f, 0x1p-31f, -0x1p-31f, -1f, 0.5f, 1f);
    assertThat(audio).isEqualTo(new DecodedAudio(96_000, 1, 6, PcmEncoding.FLOAT32LE, expected));
  }

  @Test
  void floatsStayAsTheyAreEvenBeyondFullScale() throws IOException {
    byte[] data = float32(0f, -0.25f, 1.5f, Float.MIN_VALUE);
    byte[] fact = chunk("fact", int32(4));
    DecodedAudio audio = read(file(format(IEEE_FLOAT, 1, 16_000, 32), fact, chunk("data", data)));
    assertThat(audio).isEqualTo(new DecodedAudio(16_000, 1, 4, PcmEncoding.FLOAT32LE, data));
  }

  @Test
  void doublesAreRoundedToFloats() throws IOException {
    byte[] data = chunk("data", float64(0.1, -1.0, 1e-50));
    DecodedAudio audio = read(file(format(IEEE_FLOAT, 1, 16_000, 64), data));
    assertThat(audio)
        .isEqualTo(new DecodedAudio(16_000, 1, 3, PcmEncoding.FLOAT32LE, float32(0.1f, -1f, 0f)));
  }

  @Test
  void theExtensibleFormIsReadLikeThePlainOne() throws IOException {
    byte[] sixteen = chunk("data", int16(SAMPLES));
    assertThat(read(file(extensible(PCM, 3, 16_000, 16, 16), sixteen)))
        .isEqualTo(new DecodedAudio(16_000, 3, 2, PcmEncoding.PCM_S16LE, int16(SAMPLES)));
    byte[] floats = float32(0.5f, -0.5f);
    assertThat(read(file(extensible(IEEE_FLOAT, 1, 16_000, 32, 32), chunk("data", floats))))
        .isEqualTo(new DecodedAudio(16_000, 1, 2, PcmEncoding.FLOAT32LE, floats));
    byte[] twentyInTwentyFour = chunk("data", new byte[] {0, 0, 64, 0, 0, -64});
    assertThat(read(file(extensible(PCM, 1, 16_000, 24, 20), twentyInTwentyFour)))
        .isEqualTo(new DecodedAudio(16_000, 1, 2, PcmEncoding.FLOAT32LE, floats));
  }

  @Test
  void otherChunksArePassedOverWithOrWithoutPadding() throws IOException {
    byte[] format = format(PCM, 1, 16_000, 16);
    byte[] data = chunk("data", int16(SAMPLES));
    byte[] padded = chunk("LIST", ascii("INFOx"));
    byte[] unpadded = chunk("LIST", 5, ascii("INFOx"));
    byte[] after = chunk("id3 ", new byte[11]);
    DecodedAudio expected = new DecodedAudio(16_000, 1, 6, PcmEncoding.PCM_S16LE, int16(SAMPLES));
    assertThat(read(file(padded, format, padded, data, after))).isEqualTo(expected);
    assertThat(read(file(unpadded, format, unpadded, data, after))).isEqualTo(expected);
  }

  /** 0: a pipe, or a recorder that was stopped; 2^32 - 1: ffmpeg; 0x7FFFF000: sox. */
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 36", "4294967295, 4294967295", "2147479552, 2147479588"})
  void sizesOfStreamingWritersMeanToTheEnd(long dataSize, long riffSize) throws IOException {
    byte[] content =
        join(
            ascii("RIFF"),
            int32((int) riffSize),
            ascii("WAVE"),
            format(PCM, 1, 16_000, 16),
            chunk("data", dataSize, int16(SAMPLES)));
    assertThat(read(content))
        .isEqualTo(new DecodedAudio(16_000, 1, 6, PcmEncoding.PCM_S16LE, int16(SAMPLES)));
  }

  @Test
  void aLongOneThatWasCutShortIsNoStream() throws IOException {
    byte[] stated = chunk("data", (int) 2_500_000_000L, int16(SAMPLES));
    refused("ends ", format(PCM, 1, 16_000, 16), stated);
  }

  @Test
  void theLongSizesOfRf64AreUnderstood() throws IOException {
    byte[] sizes = chunk("ds64", join(int32(0, 0), int32(12, 0), int32(6, 0), int32(0)));
    byte[] content =
        join(
            ascii("RF64"),
            int32(-1),
            ascii("WAVE"),
            sizes,
            format(PCM, 1, 16_000, 16),
            chunk("data", 0xFFFF_FFFFL, int16(SAMPLES)),
            chunk("LIST", ascii("INFO")));
    assertThat(read(content))
        .isEqualTo(new DecodedAudio(16_000, 1, 6, PcmEncoding.PCM_S16LE, int16(SAMPLES)));
  }

  @Test
  void aLastSampleWithoutAllChannelsIsDropped() throws IOException {
    byte[] data = join(int16(SAMPLES), new byte[] {1, 2, 3});
    assertThat(read(file(format(PCM, 2, 16_000, 16), chunk("data", data))))
        .isEqualTo(new DecodedAudio(16_000, 2, 3, PcmEncoding.PCM_S16LE, int16(SAMPLES)));
  }

  @Test
  void whatCannotBeReadIsRefusedWithASentence() throws IOException {
    byte[] data = chunk("data", new byte[16]);
    refused("is a WAV file with mu-law samples, not PCM or float", format(7, 1, 8_000, 8), data);
    refused("Microsoft ADPCM samples", format(2, 1, 8_000, 8), data);
    refused("codec 0x1234 samples", format(0x1234, 1, 8_000, 8), data);
    refused("A-law samples", extensible(6, 1, 8_000, 8, 8), data);
    refused("is a WAV file of 40-bit integer samples", format(PCM, 1, 8_000, 40), data);
    refused("is a WAV file of 16-bit float samples", format(IEEE_FLOAT, 1, 8_000, 16), data);
    refused(
        "holds no samples; leave it out", format(PCM, 1, 8_000, 16), chunk("data", new byte[0]));
    refused(
        "holds no samples; leave it out",
        format(PCM, 1, 8_000, 16),
        chunk("data", new byte[0]),
        chunk("LIST", ascii("INFO")));
    refused("states no sample format before its samples", data);
    refused("ends before its samples; copy or make", format(PCM, 1, 8_000, 16));
    refused(
        "ends 2 bytes before its samples do; copy or make",
        format(PCM, 1, 8_000, 16),
        chunk("data", 18, new byte[16]));
    refused("states 0 channels in 0 bytes", format(PCM, 0, 8_000, 16), data);
    refused("states a sample rate of 0 Hz", format(PCM, 1, 0, 16), data);
    refused("states a sample rate of 4294967295 Hz", format(PCM, 1, -1, 16), data);
    byte[] notANumber = chunk("data", float32(0f, 0f, 0f, Float.NaN));
    refused("has the value NaN at sample 1", format(IEEE_FLOAT, 2, 8_000, 32), notANumber);
    byte[] unscaled = chunk("data", float32(3f, -256f, 0f, 0f, 0f, -1_203f));
    refused(
        "has the value -1203.0 at sample 2, and the full scale of a float file is 1; divide",
        format(IEEE_FLOAT, 2, 8_000, 32),
        unscaled);
    byte[] tooLarge = chunk("data", float64(0, 1e300));
    refused("has the value Infinity at sample 1", format(IEEE_FLOAT, 1, 8_000, 64), tooLarge);
  }

  private void refused(String sentence, byte[]... chunks) throws IOException {
    Path path = Files.write(folder.resolve("refused.wav"), file(chunks));
    assertThatThrownBy(() -> AudioFile.read(path))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }

  private DecodedAudio read(byte[] content) throws IOException {
    return AudioFile.read(Files.write(folder.resolve("audio.wav"), content));
  }
}
