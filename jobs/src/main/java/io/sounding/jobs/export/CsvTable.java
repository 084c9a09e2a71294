package io.sounding.jobs.export;

import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.sounding.schemas.MetricEvent;
import java.io.IOException;
import java.nio.file.Path;

/**
 * CSV in UTF-8, quoted as RFC 4180 says, lines ended by a line feed, with a header. A value that is
 * not there is empty; NaN, Infinity and -Infinity stand as these words; times are ISO 8601.
 */
final class CsvTable implements EventTable {

  private final SequenceWriter rows;

  CsvTable(Path file) throws IOException {
    CsvSchema.Builder header = CsvSchema.builder().setUseHeader(true).setLineSeparator('\n');
    EventColumn.ALL.forEach(column -> header.addColumn(column.name()));
    rows =
        new CsvMapper()
            .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
            .writerFor(String[].class)
            .with(header.build())
            .writeValues(file.toFile());
  }

  @Override
  public void write(MetricEvent event) throws IOException {
    rows.write(
        EventColumn.ALL.stream()
            .map(column -> column.value(event))
            .map(value -> value == null ? "" : value.toString())
            .toArray(String[]::new));
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
