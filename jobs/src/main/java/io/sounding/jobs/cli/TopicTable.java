package io.sounding.jobs.cli;

import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.Topics;
import java.util.Optional;

/** The topics and how they are made, as Markdown. */
final class TopicTable {

  private TopicTable() {}

  static String markdown() {
    StringBuilder table =
        new StringBuilder(
            """

            ## Topics

            As `sounding topics create` makes them, with the default prefix; whatever is not named here is the broker's default.

            | topic | partitions | settings |
            |---|---|---|
            """);
    for (TopicDesign topic : TopicDesign.of(Topics.withPrefix("sounding"), Optional.empty(), 1)) {
      table.append(
          "| `%s` | %s | `%s` |\n"
              .formatted(
                  topic.name(),
                  topic.partitions().map(String::valueOf).orElse("the broker's default"),
                  topic.settings()));
    }
    return table.toString();
  }
}
