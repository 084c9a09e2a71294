package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkId;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicAdvice;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CorpusUpload;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.UnusableInputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sounding publish audio}: a corpus, once. */
@Command(
    name = "audio",
    description =
        "Publishes audio files as a corpus and seals it. Interrupted, it goes on where it was when it is called again; a sealed corpus never changes.",
    footer = {
      "",
      "Example:",
      "  sounding publish audio recordings/ --corpus dev --bootstrap kafka:9092",
      "",
      "Exit status: 0 the corpus is in Kafka, 2 unusable arguments or other audio than the corpus has, 3 Kafka out of reach."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PublishAudioCommand implements Callable<Integer> {

  private static final double BYTES_PER_MEGABYTE = 1e6;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR_OR_FILE",
      description =
          "WAV or FLAC files, or folders of them; 1 to 768 kHz, up to 8 channels, which are mixed into one.")
  private List<Path> audio;

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "NAME",
      description = "The name of the corpus.")
  private String corpus;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws UnusableInputException {
    checkId(spec, "--corpus", corpus);
    PrintWriter terminal = spec.commandLine().getOut();
    KafkaClients clients = kafka.clients();
    List<AudioFiles.AudioFilePath> files = AudioFiles.list(audio);
    terminal.printf("Corpus %s: %s.%n", corpus, Counted.of(files.size(), "audio file"));
    terminal.flush();
    TopicAdvice.beforePublishing(
        clients, clients.topics().audio(), spec.commandLine().getErr()::println);
    ProgressLine progress = new ProgressLine(terminal);
    CorpusUpload.Outcome outcome;
    try {
      outcome =
          CorpusUpload.publish(
              clients,
              corpus,
              files,
              (done, seconds, bytes) ->
                  progress.show(
                      () ->
                          String.format(
                              Locale.ROOT,
                              "  %d of %d files, %.0f s of audio, %.1f MB sent",
                              done,
                              files.size(),
                              seconds,
                              bytes / BYTES_PER_MEGABYTE)));
    } finally {
      progress.erase();
    }
    terminal.println(told(outcome));
    if (!outcome.besides().isEmpty()) {
      terminal.printf(
          "Note: of an earlier upload Kafka also holds %s that the manifest does not name, such as %s. They do not count; the job reports them as dead letters.%n",
          Counted.of(outcome.besides().size(), "utterance"), outcome.besides().iterator().next());
    }
    return 0;
  }

  private String told(CorpusUpload.Outcome outcome) {
    String content =
        String.format(
            Locale.ROOT,
            "%s, %.1f s of audio, digest %s",
            Counted.of(outcome.utterances(), "utterance"),
            outcome.audioSeconds(),
            outcome.digest());
    String sent =
        String.format(
            Locale.ROOT,
            "%s (%.1f MB)",
            Counted.of(outcome.sentUtterances(), "utterance"),
            outcome.sentBytes() / BYTES_PER_MEGABYTE);
    if (!outcome.sealedBefore()) {
      return "Corpus %s is sealed: %s. Sent now: %s; there before: %d."
          .formatted(corpus, content, sent, outcome.utterances() - outcome.sentUtterances());
    } else if (outcome.sentUtterances() == 0) {
      return "Corpus %s is already there, with the same content: %s.".formatted(corpus, content);
    }
    return "Corpus %s was sealed before with the same content: %s. Kafka no longer had all of its audio; sent again: %s."
        .formatted(corpus, content, sent);
  }
}
