package io.sounding.tests.savepoint;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A record of the job's input, as it lies in Kafka.
 *
 * @param isAudio whether it belongs to the topic of audio; if not, to that of checkpoints
 */
record InputRecord(boolean isAudio, byte[] key, byte[] value) {

  /** Writes records one after the other: boolean, int length, key, int length, value. */
  static void write(List<InputRecord> records, Path file) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      for (InputRecord input : records) {
        out.writeBoolean(input.isAudio);
        out.writeInt(input.key.length);
        out.write(input.key);
        out.writeInt(input.value.length);
        out.write(input.value);
      }
    }
  }

  static List<InputRecord> read(Path file) throws IOException {
    List<InputRecord> records = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      while (in.available() > 0) {
        boolean isAudio = in.readBoolean();
        byte[] key = in.readNBytes(in.readInt());
        records.add(new InputRecord(isAudio, key, in.readNBytes(in.readInt())));
      }
    }
    return records;
  }
}
