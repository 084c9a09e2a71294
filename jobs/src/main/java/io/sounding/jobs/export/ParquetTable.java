package io.sounding.jobs.export;

import io.sounding.schemas.MetricEvent;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/**
 * Parquet, a column per field, with nulls as nulls, NaN as NaN and times as timestamps in UTC. The
 * library is used without Hadoop: a plain configuration, a local file, and no compression beyond
 * dictionaries, since codecs are Hadoop's.
 */
final class ParquetTable implements EventTable {

  /** Held in memory until it is written; far more than all events of a year of training. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final ParquetWriter<MetricEvent> writer;

  ParquetTable(Path file) throws IOException {
    writer =
        new Builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  @Override
  public void write(MetricEvent event) throws IOException {
    writer.write(event);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<MetricEvent, Builder> {

    private Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<MetricEvent> getWriteSupport(ParquetConfiguration configuration) {
      return new ParquetRows();
    }

    @Override
    @Deprecated
    protected WriteSupport<MetricEvent> getWriteSupport(Configuration configuration) {
      throw new UnsupportedOperationException("Parquet is written without Hadoop.");
    }
  }
}
