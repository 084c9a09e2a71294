package io.sounding.schemas;

import org.apache.avro.specific.SpecificRecord;

/** Bytes of a Kafka record's value to the record that they encode. */
public interface RecordReader {

  /**
   * The record in {@code bytes}.
   *
   * @throws DecodingException if there is none that this reader reads, whatever the bytes are
   */
  SpecificRecord decode(byte[] bytes) throws DecodingException;
}
