package io.sounding.operators.embed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file: 8 bytes with the length of the header (little-endian), the header (JSON, see
 * {@link SafetensorsHeader}), then the elements of all tensors.
 *
 * <p>Nothing is believed: the header must fit the file and {@link #MOST_HEADER_BYTES}, and its
 * tensors must fill the rest of the file without gaps and overlaps, as the format demands. Reading
 * takes memory for the header alone.
 *
 * @param file where it lies
 * @param tensors its tensors by name, in the order of the header
 */
record Safetensors(Path file, Map<String, StoredTensor> tensors) {

  /** Some 25,000 tensors; wav2vec 2.0 base has 210, in 26 kB. */
  static final int MOST_HEADER_BYTES = 1 << 22;

  private static final int ZIP_ARCHIVE = 0x04034b50;

  /** Reads and checks the header of {@code file}. */
  static Safetensors read(Path file) throws EncodingException {
    try (FileChannel channel = FileChannel.open(file)) {
      long fileBytes = channel.size();
      long headerBytes = headerBytes(channel, fileBytes);
      ByteBuffer header = read(channel, Long.BYTES, (int) headerBytes);
      Map<String, SafetensorsHeader.Entry> entries =
          SafetensorsHeader.parse(StandardCharsets.UTF_8.newDecoder().decode(header).toString());
      long data = Long.BYTES + headerBytes;
      checkCovered(entries, fileBytes - data);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      entries.forEach(
          (name, entry) -> tensors.put(name, new StoredTensor(entry.form(), data + entry.begin())));
      return new Safetensors(file, tensors);
    } catch (CharacterCodingException e) {
      throw refused("its header is no UTF-8");
    } catch (IOException e) {
      throw refused(e.toString());
    }
  }

  /** That a file is refused, as a sentence. */
  static EncodingException refused(String why) {
    return new EncodingException(
        "The file of weights cannot be read as safetensors (%s). Save it again, with safetensors.torch.save_file."
            .formatted(why));
  }

  private static long headerBytes(FileChannel channel, long fileBytes)
      throws IOException, EncodingException {
    if (fileBytes < Long.BYTES) {
      throw refused("it has %d bytes, fewer than its shortest header".formatted(fileBytes));
    }
    ByteBuffer prefix = read(channel, 0, Long.BYTES);
    if (prefix.getInt(0) == ZIP_ARCHIVE) {
      throw refused("it is a zip archive, as torch.save writes them");
    }
    long bytes = prefix.getLong(0);
    if (bytes < 0 || bytes > fileBytes - Long.BYTES) {
      throw refused(
          "its header is announced to take %s bytes, and the file has %d"
              .formatted(Long.toUnsignedString(bytes), fileBytes));
    }
    if (bytes > MOST_HEADER_BYTES) {
      throw refused(
          "its header takes %d bytes; at most %d are read".formatted(bytes, MOST_HEADER_BYTES));
    }
    return bytes;
  }

  private static ByteBuffer read(FileChannel channel, long position, int bytes)
      throws IOException, EncodingException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw refused("it became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static void checkCovered(Map<String, SafetensorsHeader.Entry> entries, long dataBytes)
      throws EncodingException {
    List<Map.Entry<String, SafetensorsHeader.Entry>> inOrder =
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                        (Map.Entry<String, SafetensorsHeader.Entry> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    long covered = 0;
    for (Map.Entry<String, SafetensorsHeader.Entry> entry : inOrder) {
      if (entry.getValue().begin() != covered) {
        throw refused(
            "tensor %s begins at byte %d of the data, and those before it end at %d"
                .formatted(WeightsFit.told(entry.getKey()), entry.getValue().begin(), covered));
      }
      covered = entry.getValue().end();
    }
    if (covered != dataBytes) {
      throw refused(
          "its tensors take %d bytes, and %d follow the header: it was cut off, or more was appended"
              .formatted(covered, dataBytes));
    }
  }
}
