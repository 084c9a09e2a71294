package io.sounding.tests.savepoint;

import io.sounding.operators.publish.OutgoingRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** A sink without state into a list of this process. */
final class EventList implements Sink<OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final Map<String, List<byte[]>> LISTS = new ConcurrentHashMap<>();

  private final String name;

  /** The list of this name. */
  EventList(String name) {
    this.name = name;
  }

  /** What has come so far. */
  List<byte[]> values() {
    return LISTS.computeIfAbsent(name, n -> new CopyOnWriteArrayList<>());
  }

  @Override
  public SinkWriter<OutgoingRecord> createWriter(WriterInitContext context) {
    List<byte[]> values = values();
    return new SinkWriter<>() {
      @Override
      public void write(OutgoingRecord element, Context context) {
        values.add(element.value());
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
