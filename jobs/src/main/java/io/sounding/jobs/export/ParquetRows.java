package io.sounding.jobs.export;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MILLIS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import io.sounding.schemas.MetricEvent;
import java.time.Instant;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** How a metric event becomes a row of Parquet columns. */
final class ParquetRows extends WriteSupport<MetricEvent> {

  private RecordConsumer consumer;

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    Types.MessageTypeBuilder message = Types.buildMessage();
    EventColumn.ALL.forEach(column -> message.addField(type(column)));
    return new WriteContext(message.named(MetricEvent.class.getSimpleName()), Map.of());
  }

  @Override
  @Deprecated
  public WriteContext init(Configuration configuration) {
    throw new UnsupportedOperationException("Parquet is written without Hadoop.");
  }

  private static Type type(EventColumn column) {
    Type.Repetition repetition =
        column.isNullable() ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
    LogicalTypeAnnotation logical = null;
    PrimitiveTypeName primitive;
    switch (column.type().getType()) {
      case STRING, ENUM -> {
        primitive = BINARY;
        logical = stringType();
      }
      case LONG -> {
        primitive = INT64;
        logical = column.type().getLogicalType() == null ? null : timestampType(true, MILLIS);
      }
      case INT -> primitive = INT32;
      case DOUBLE -> primitive = DOUBLE;
      case BOOLEAN -> primitive = BOOLEAN;
      default -> throw new IllegalStateException(column.name() + " has no type in Parquet.");
    }
    return Types.primitive(primitive, repetition).as(logical).named(column.name());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    consumer = recordConsumer;
  }

  @Override
  public void write(MetricEvent event) {
    consumer.startMessage();
    for (int i = 0; i < EventColumn.ALL.size(); i++) {
      EventColumn column = EventColumn.ALL.get(i);
      Object value = column.value(event);
      if (value != null) {
        consumer.startField(column.name(), i);
        add(value);
        consumer.endField(column.name(), i);
      }
    }
    consumer.endMessage();
  }

  private void add(Object value) {
    if (value instanceof Double number) {
      consumer.addDouble(number);
    } else if (value instanceof Integer number) {
      consumer.addInteger(number);
    } else if (value instanceof Long number) {
      consumer.addLong(number);
    } else if (value instanceof Boolean truth) {
      consumer.addBoolean(truth);
    } else if (value instanceof Instant time) {
      consumer.addLong(time.toEpochMilli());
    } else {
      consumer.addBinary(Binary.fromString(value.toString()));
    }
  }
}
