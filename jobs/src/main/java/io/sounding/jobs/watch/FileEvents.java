package io.sounding.jobs.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Metric events from JSON Lines files, as evaluations and exports write them. */
public final class FileEvents implements RecordedEvents {

  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<Path> files;

  /** Copies of pipes, which can be read once. */
  private final Map<Path, Path> copies = new HashMap<>();

  /** One file after the other: of two events that say the same, the later one counts. */
  public FileEvents(List<Path> files) {
    this.files = List.copyOf(files);
  }

  @Override
  public void metrics(Consumer<MetricEvent> taker) throws UnusableInputException {
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(readable(file))) {
        read(file, lines, taker);
      } catch (CharacterCodingException e) {
        throw new UnusableInputException(file, "is not text in UTF-8", "name a JSON Lines file", e);
      } catch (IOException e) {
        throw UnusableInputException.unreadable(file, e);
      }
    }
  }

  private Path readable(Path file) throws IOException {
    if (!Files.exists(file) || Files.isRegularFile(file)) {
      return file;
    }
    Path copy = copies.get(file);
    if (copy == null) {
      copy = Files.createTempFile("sounding-", ".jsonl");
      copy.toFile().deleteOnExit();
      try (InputStream pipe = Files.newInputStream(file)) {
        Files.copy(pipe, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      copies.put(file, copy);
    }
    return copy;
  }

  private static void read(Path file, BufferedReader lines, Consumer<MetricEvent> taker)
      throws IOException {
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        taker.accept(event(file, number, line));
      }
    }
  }

  private static MetricEvent event(Path file, int number, String line)
      throws UnusableInputException {
    try {
      MetricEvent event = JsonRecords.read(JSON.readTree(line), MetricEvent.class);
      if (event.getStatus() == MetricStatus.FINAL
          && (event.getRank() == null || event.getClusters() == null)) {
        throw new IllegalArgumentException("a FINAL event has rank and clusters");
      }
      return event;
    } catch (JsonProcessingException e) {
      throw notAnEvent(file, number, "JSON", e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw notAnEvent(file, number, "a metric event", e.getMessage(), e);
    }
  }

  private static UnusableInputException notAnEvent(
      Path file, int number, String wanted, String found, Exception cause) {
    return new UnusableInputException(
        file,
        "is not %s at line %d (%s)".formatted(wanted, number, found),
        "name a file that evaluate --out or export --format jsonl wrote",
        cause);
  }

  /** Nothing: a line that cannot be read ends it all. */
  @Override
  public List<PassedOver> passedOver() {
    return List.of();
  }

  @Override
  public Alarms alarms() throws UnusableInputException {
    return Alarms.judged(this, "since files hold metric events only");
  }
}
