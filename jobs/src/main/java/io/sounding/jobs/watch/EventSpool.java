package io.sounding.jobs.watch;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Metric events in a temporary file, read back by their position: whoever has to look at all of
 * them before the first can be used keeps 8 bytes of each in memory instead of kilobytes. On Unix
 * the file has no name any more once it is open, so that nothing stays behind whatever ends the
 * process.
 */
final class EventSpool implements AutoCloseable {

  private final SingleObjectCodec codec =
      SingleObjectCodec.reading(SingleObjectCodec.schemaOf(MetricEvent.class));
  private final FileChannel file;
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private long end;

  EventSpool() {
    try {
      Path path = Files.createTempFile("sounding-events-", ".spool");
      file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "No temporary file can be made in %s (%s)."
              .formatted(System.getProperty("java.io.tmpdir"), e),
          e);
    }
  }

  /** Keeps an event; returns where. */
  long add(MetricEvent event) {
    byte[] bytes = SingleObjectCodec.encode(event);
    long position = end;
    try {
      write(length.clear().putInt(bytes.length).flip());
      write(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The temporary file of events in %s cannot be written (%s): is the disk full?"
              .formatted(System.getProperty("java.io.tmpdir"), e),
          e);
    }
    return position;
  }

  /** The event at a position that {@link #add} returned. */
  MetricEvent get(long position) {
    try {
      read(length.clear(), position);
      ByteBuffer bytes = ByteBuffer.allocate(length.flip().getInt());
      read(bytes, position + Integer.BYTES);
      return (MetricEvent) codec.decode(bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException("The temporary file of events cannot be read.", e);
    } catch (DecodingException e) {
      throw new IllegalStateException("What was written to the temporary file came back else.", e);
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      end += file.write(bytes, end);
    }
  }

  private void read(ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      int read = file.read(bytes, at);
      if (read < 0) {
        throw new EOFException("at byte " + at);
      }
      at += read;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("The temporary file of events cannot be closed.", e);
    }
  }
}
