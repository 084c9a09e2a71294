package io.sounding.jobs.report;

import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The page: it has no script, fetches nothing (and tells the browser so), and shows names and
 * reasons as text whatever is in them.
 */
final class ReportPage {

  private static final String NO_FETCHING =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  private static final int OPEN_UP_TO_CHECKPOINTS = 40;
  private static final int OPEN_UP_TO_ALARMS = 12;

  private final Html html;
  private final History history;
  private final String title;
  private final List<MetricField> fields;

  ReportPage(Appendable page, History history, String title, List<MetricField> fields) {
    html = new Html(page);
    this.history = history;
    this.title = title;
    this.fields = fields;
  }

  void begin() {
    html.markup("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
    html.open("meta", "charset", "utf-8");
    html.open("meta", "http-equiv", "Content-Security-Policy", "content", NO_FETCHING);
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.element("title", title).open("style").markup(css()).close("style").close("head");
    html.open("body").element("h1", title);
    html.element(
        "p",
        "%s, %s; made %s by Sounding."
            .formatted(
                Counted.of(history.runs().size(), "run"),
                Counted.of(
                    history.runs().stream().mapToInt(run -> run.checkpoints().size()).sum(),
                    "checkpoint"),
                Instant.now().truncatedTo(ChronoUnit.SECONDS)),
        "class",
        "faint");
    summary();
    Comparability.notes(history).forEach(this::note);
    alarms();
    axisSwitch();
    html.open("main");
    contents();
  }

  void end() {
    checkpoints();
    definitions();
    html.close("main").close("body").close("html");
  }

  void note(String sentence) {
    html.element("p", sentence, "class", "note");
  }

  void beginOverview() {
    html.open("section", "id", "overview").element("h2", "Overview");
  }

  void beginMetric(MetricField field) {
    html.open("section", "id", field.name()).element("h2", field.title());
    html.open("p").element("code", field.family() + "." + field.name()).text(": ");
    html.text(field.definition()).close("p");
  }

  void endSection() {
    html.close("section");
  }

  void beginLayers() {
    html.open("details").element("summary", "The layers of each run beside each other");
  }

  void endLayers() {
    html.close("details");
  }

  void picture(byte[] png, int width, String title, String axis) {
    html.open("figure", "class", axis);
    html.image(png, width * 4 / 3, title + ", over training steps, " + axis);
    html.close("figure");
  }

  private void summary() {
    html.open("div", "class", "scroll").open("table").open("tr");
    for (String head :
        List.of(
            "run",
            "checkpoints",
            "steps",
            "training loss",
            "layer",
            "RankMe",
            "peak of RankMe",
            "anisotropy",
            "alarms")) {
      html.element("th", head);
    }
    html.close("tr");
    for (RunHistory run : history.runs()) {
      RunSummary of = new RunSummary(run);
      html.open("tr").element("td", history.label(run), "class", "name");
      for (String cell :
          List.of(
              of.checkpoints(),
              of.steps(),
              of.loss(),
              of.layer(),
              of.rankMe(),
              of.rankMePeak(),
              of.anisotropy(),
              of.alarms())) {
        html.element("td", cell);
      }
      html.close("tr");
    }
    html.close("table").close("div");
    html.element(
        "p",
        "First \u2192 last value, of the last layer. No metric is good or bad as such: rank is not"
            + " monotone over training, and directions differ by task. Plots and tables of metrics"
            + " show FINAL events only.",
        "class",
        "faint");
  }

  private void alarms() {
    long count = history.runs().stream().mapToLong(run -> run.alarms().size()).sum();
    if (history.alarmsNote() != null) {
      html.element("p", history.alarmsNote(), "class", "faint");
    }
    boolean many = count > OPEN_UP_TO_ALARMS;
    if (many) {
      html.open("details").element("summary", count + " alarms raised and cleared");
    }
    history.runs().forEach(run -> run.alarms().forEach(alarm -> alarm(run, alarm)));
    if (many) {
      html.close("details");
    }
  }

  private void alarm(RunHistory run, AlarmEvent alarm) {
    boolean raised = alarm.getState() == AlarmState.RAISED;
    html.element(
        "p",
        "Alarm %s: run %s, step %d, %s%s. %s"
            .formatted(
                raised ? "raised" : "cleared",
                history.label(run),
                alarm.getStep(),
                alarm.getLayer() == null ? "" : "layer " + alarm.getLayer() + ", ",
                alarm.getMetric(),
                alarm.getReason()),
        "class",
        raised ? "alarm" : "alarm cleared");
  }

  /** Before everything it switches: the page has no script. */
  private void axisSwitch() {
    for (String axis : List.of("logarithmic", "linear")) {
      html.markup("<input type=\"radio\" name=\"steps\" id=\"" + axis + "\"")
          .markup(axis.equals("logarithmic") ? " checked>" : ">")
          .element("label", axis + " steps", "for", axis);
    }
  }

  private void contents() {
    html.open("nav");
    if (!history.layers().isEmpty()) {
      html.element("a", "Overview", "href", "#overview");
      fields.forEach(field -> html.element("a", field.title(), "href", "#" + field.name()));
    }
    html.element("a", "Checkpoints", "href", "#checkpoints");
    html.element("a", "Definitions", "href", "#definitions");
    html.close("nav");
  }

  private void checkpoints() {
    html.open("section", "id", "checkpoints").element("h2", "Checkpoints");
    html.element(
        "p",
        "Cost is wall time summed over shards; it depends on the machine and on what else it did.",
        "class",
        "faint");
    for (RunHistory run : history.runs()) {
      boolean few = run.checkpoints().size() <= OPEN_UP_TO_CHECKPOINTS;
      html.markup(few ? "<details open>" : "<details>");
      html.element(
          "summary", "%s (%s)".formatted(history.label(run), new RunSummary(run).checkpoints()));
      CheckpointTable.write(html, run);
      html.close("details");
    }
    html.close("section");
  }

  private void definitions() {
    html.open("section", "id", "definitions").element("h2", "Definitions");
    html.open("details").element("summary", "What the metrics are");
    html.element(
        "p",
        "Frames of a layer: rows x of Z (n x d), sigma its singular values, p = sigma / sum sigma,"
            + " lambda = sigma^2. Centred: after subtracting the mean frame.");
    html.open("dl");
    for (MetricField field : MetricField.ALL) {
      html.open("dt").text(field.title() + " ");
      html.element("code", field.family() + "." + field.name()).close("dt");
      html.element("dd", field.definition());
    }
    html.close("dl").close("details").close("section");
  }

  private static String css() {
    try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The style sheet of the report cannot be read.", e);
    }
  }
}
