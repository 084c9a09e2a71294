package io.sounding.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.JsonRecords;
import io.sounding.jobs.watch.LatestEvents;
import io.sounding.schemas.MetricEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables are read back by DuckDB 1.4.4, which shares no code with what writes them. */
class ExportTest {

  /** Names and reasons that a careless writer would break on. */
  private static final List<String> HOSTILE =
      List.of(
          "plain",
          "comma, semicolon; tab\t",
          "quote \" and \"\"two\"\"",
          "line\nfeed and \r\n both",
          " leading and trailing ",
          "#comment",
          "'single'",
          "=1+1",
          "\u00fc \u4e2d\u6587 \ud83d\udd0a",
          "NULL",
          "NaN");

  @TempDir private Path folder;

  private Path export(Export.Format format, List<MetricEvent> events) throws Exception {
    Path file = folder.resolve("table." + format.name().toLowerCase(Locale.ROOT));
    try (LatestEvents latest = LatestEvents.all()) {
      events.forEach(latest::add);
      Export.write(latest, format, file, written -> {});
    }
    return file;
  }

  private static List<MetricEvent> hostileEvents() {
    List<MetricEvent> events = new ArrayList<>();
    for (int i = 0; i < HOSTILE.size(); i++) {
      events.add(
          Events.failed(HOSTILE.get(i), i, HOSTILE.get(HOSTILE.size() - 1 - i))
              .setCheckpointId(HOSTILE.get(i))
              .build());
    }
    return events;
  }

  @Test
  void theColumnsAreThoseOfTheGoldenFile() throws Exception {
    Path file =
        export(
            Export.Format.CSV,
            List.of(
                Events.finished("a", 400, 4).setTrainingLoss(Double.NaN).build(),
                Events.finished("a", 401, 4).setTrainingLoss(null).setK(null).build(),
                Events.partial("b", 0, 0).build(),
                Events.failed("c", 7, "The file \"m, n.pt\" is\ngone.").build()));

    String golden =
        new String(
            ExportTest.class.getResourceAsStream("events.csv").readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(Files.readString(file)).isEqualTo(golden);
  }

  @ParameterizedTest
  @EnumSource(
      value = Export.Format.class,
      names = {"CSV", "PARQUET"})
  void textComesBackWhateverIsInIt(Export.Format format) throws Exception {
    Path file = export(format, hostileEvents());

    List<String> read = new ArrayList<>();
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT runId, checkpointId, failureReason FROM %s ORDER BY step::BIGINT"
                    .formatted(from(file)))) {
      while (rows.next()) {
        read.add(rows.getString(1));
        assertThat(rows.getString(2)).isEqualTo(rows.getString(1));
        assertThat(rows.getString(3)).isEqualTo(HOSTILE.get(HOSTILE.size() - read.size()));
      }
    }
    assertThat(read).isEqualTo(HOSTILE);
  }

  private static String from(Path file) {
    return file.toString().endsWith(".csv")
        ? "read_csv('%s', header = true, all_varchar = true, quote = '\"', escape = '\"', delim = ',', strict_mode = true)"
            .formatted(file)
        : "read_parquet('%s')".formatted(file);
  }

  @Test
  void parquetKeepsTypesNullsAndWhatIsNoNumber() throws Exception {
    MetricEvent whole =
        Events.finished("a", Long.MAX_VALUE, Integer.MAX_VALUE)
            .setTrainingLoss(Double.NEGATIVE_INFINITY)
            .setSeed(Long.MIN_VALUE)
            .setRank(Events.rank(60))
            .setEmittedAt(Instant.parse("2026-11-22T17:05:00.123Z"))
            .build();
    Path file =
        export(
            Export.Format.PARQUET,
            List.of(
                whole,
                Events.finished("b", 1, 0).setTrainingLoss(Double.NaN).build(),
                Events.failed("c", 2, "Gone.").build()));

    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      assertThat(types(statement, file))
          .contains("status VARCHAR", "step BIGINT", "layer INTEGER", "trainingLoss DOUBLE")
          .contains(
              "rank_rankMe DOUBLE", "rank_sampleLimited BOOLEAN", "clusters_deadClusters INTEGER")
          .contains("emittedAt TIMESTAMP WITH TIME ZONE")
          .hasSameSizeAs(EventColumn.ALL);
      try (ResultSet rows =
          statement.executeQuery("SELECT * FROM %s ORDER BY runId".formatted(from(file)))) {
        assertRow(rows, whole);
        assertThat(rows.getDouble("rank_rankMe")).isEqualTo(60);
        assertThat(rows.getDouble("rank_rankMeLow")).isEqualTo(59.25);
        assertThat(rows.getDouble("rank_rankMeHigh")).isEqualTo(60.25);
        assertThat(rows.getDouble("rank_participationRatio")).isEqualTo(20.25);
        assertThat(rows.getDouble("clusters_calinskiHarabasz")).isEqualTo(82.5);
        assertThat(rows.getInt("clusters_lloydIterations")).isEqualTo(40);
        assertThat(rows.getDouble("cost_embedSeconds")).isEqualTo(5.5);
        assertThat(rows.getString("status")).isEqualTo("FINAL");
        assertThat(rows.getLong("step")).isEqualTo(Long.MAX_VALUE);
        assertThat(rows.getObject("emittedAt", OffsetDateTime.class))
            .isEqualTo("2026-11-22T17:05:00.123Z");
        assertThat(rows.next()).isTrue();
        assertThat(rows.getDouble("trainingLoss")).isNaN();
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject("trainingLoss")).isNull();
        assertThat(rows.getObject("layer")).isNull();
        assertThat(rows.getObject("rank_rankMe")).isNull();
        assertThat(rows.getObject("cost_device")).isNull();
        assertThat(rows.next()).isFalse();
      }
    }
  }

  private static List<String> types(Statement statement, Path file) throws SQLException {
    List<String> types = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM " + from(file))) {
      while (rows.next()) {
        types.add(rows.getString(1) + " " + rows.getString(2));
      }
    }
    return types;
  }

  private static void assertRow(ResultSet rows, MetricEvent event) throws SQLException {
    assertThat(rows.next()).isTrue();
    for (EventColumn column : EventColumn.ALL) {
      Object expected = column.value(event);
      Object actual = rows.getObject(column.name());
      if (expected instanceof Instant time) {
        assertThat(((OffsetDateTime) actual).toInstant()).isEqualTo(time);
      } else if (expected instanceof Enum) {
        assertThat(actual).isEqualTo(expected.toString());
      } else {
        assertThat(actual).as(column.name()).isEqualTo(expected);
      }
    }
  }

  @Test
  void csvIsReadByADatabaseWithoutBeingTold() throws Exception {
    Path file =
        export(
            Export.Format.CSV,
            List.of(
                Events.finished("a", 1, 0).setTrainingLoss(0.1 + 0.2).build(),
                Events.finished("a", 2, 0).setTrainingLoss(Double.NaN).build(),
                Events.finished("a", 3, 0).setTrainingLoss(null).build()));

    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT trainingLoss::DOUBLE, rank_rankMe, emittedAt FROM '%s' ORDER BY step::BIGINT"
                    .formatted(file))) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getDouble(1)).isEqualTo(0.1 + 0.2);
      assertThat(rows.getDouble(2)).isEqualTo(50 + 10 * Math.sin(1));
      assertThat(rows.next()).isTrue();
      assertThat(rows.getDouble(1)).isNaN();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getObject(1)).isNull();
    }
  }

  @Test
  void jsonLinesAreReadBackEqual() throws Exception {
    List<MetricEvent> events = new ArrayList<>(hostileEvents());
    events.add(Events.finished("zz", 1, 0).setTrainingLoss(Double.NaN).build());

    List<MetricEvent> read = new ArrayList<>();
    for (String line : Files.readAllLines(export(Export.Format.JSONL, events))) {
      read.add(JsonRecords.read(new ObjectMapper().readTree(line), MetricEvent.class));
    }

    assertThat(read).containsExactlyInAnyOrderElementsOf(events);
  }

  @ParameterizedTest
  @EnumSource(Export.Format.class)
  void aFileIsReplacedAsAWholeAndNothingElseIsLeft(Export.Format format) throws Exception {
    Path file = export(format, List.of(Events.finished("a", 1, 0).build()));
    byte[] first = Files.readAllBytes(file);
    Files.writeString(file, "of the user");

    export(format, List.of(Events.finished("a", 1, 0).build()));

    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    assertThat(folder.toFile().list()).containsExactly(file.getFileName().toString());
  }

  @Test
  void whereALinkLeadsToIsReplacedNotTheLink() throws Exception {
    Path file = export(Export.Format.CSV, List.of(Events.finished("a", 1, 0).build()));
    byte[] first = Files.readAllBytes(file);
    Path target = folder.resolve("target");
    Files.delete(file);
    Files.createSymbolicLink(file, Files.writeString(target, "of the user"));

    export(Export.Format.CSV, List.of(Events.finished("a", 1, 0).build()));

    assertThat(file).isSymbolicLink();
    assertThat(Files.readAllBytes(target)).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(Export.Format.class)
  void whatFailsOnTheWayLeavesTheOldFileAlone(Export.Format format) throws Exception {
    Path file = Files.writeString(folder.resolve("table"), "of the user");
    LatestEvents broken = LatestEvents.all();
    broken.add(Events.finished("a", 1, 0).build());
    broken.close();

    assertThatThrownBy(() -> Export.write(broken, format, file, written -> {}))
        .isInstanceOf(Exception.class);

    assertThat(Files.readString(file)).isEqualTo("of the user");
    assertThat(folder.toFile().list()).containsExactly("table");
  }

  @Test
  void aFolderThatIsGoneIsTold() {
    try (LatestEvents latest = LatestEvents.all()) {
      Path file = folder.resolve("gone").resolve("table.csv");
      assertThatThrownBy(() -> Export.write(latest, Export.Format.CSV, file, written -> {}))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"a.csv, CSV", "a.JSONL, JSONL", "run.1.parquet, PARQUET"})
  void theFormatIsReadFromTheName(String name, Export.Format format) {
    assertThat(Export.Format.of(Path.of("some.csv", name))).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.json", "csv", "a.csv.gz"})
  void otherNamesTellNoFormat(String name) {
    assertThat(Export.Format.of(Path.of(name))).isNull();
  }
}
