package io.sounding.jobs.cli;

import io.sounding.jobs.configuration.ConfigOption;
import io.sounding.jobs.configuration.Configuration;
import io.sounding.jobs.configuration.ConfigurationException;
import io.sounding.jobs.embedded.KafkaExit;
import io.sounding.jobs.publish.UnusableInputException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code sounding VERB}. */
@Command(
    name = "sounding",
    description = "Takes the depth of speech representations while they are being trained.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      EvaluateCommand.class,
      ServeCommand.class,
      PublishCommand.class,
      WatchCommand.class,
      ReplayCommand.class,
      ScoreCommand.class,
      TailCommand.class,
      DashboardCommand.class,
      CorrelateCommand.class,
      ExportCommand.class,
      ReportCommand.class,
      TopicsCommand.class,
      ConfigCommand.class
    },
    versionProvider = Sounding.Version.class)
public final class Sounding implements Runnable {

  /** Exit status when the arguments, or the files that they name, are at fault. */
  private static final int UNUSABLE = 2;

  /** Exit status when neither the arguments nor a checkpoint is at fault. */
  private static final int FAILED = 3;

  /** Whoever mends the configuration needs them while it cannot be used. */
  private static final List<String> ASKS_FOR_HELP = List.of("--help", "-h", "--explain");

  @CommandLine.Spec private CommandLine.Model.CommandSpec specification;

  @CommandLine.Mixin private ConfigOption configOption;

  private final Configuration configuration;

  private Sounding(Configuration configuration) {
    this.configuration = configuration;
  }

  /** The verbs, with nothing configured. */
  Sounding() {
    this(Configuration.NONE);
  }

  /** Runs the command line and ends the process with its status. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // addresses and files have these digits
    KafkaExit.tell(Sounding::end);
    PrintWriter terminal = new PrintWriter(System.out, true);
    PrintWriter errors = new PrintWriter(System.err, true);
    int status = execute(terminal, errors, arguments);
    if (terminal.checkError() && !Terminal.isPipe()) {
      errors.println(
          "Standard output could not be written to its end. See that the disk it goes to has space.");
      status = FAILED;
    }
    System.exit(status);
  }

  /** At once: what is still to be written cannot be. */
  private static void end(String sentence) {
    System.err.println(sentence);
    Runtime.getRuntime().halt(FAILED);
  }

  /**
   * Runs the command line.
   *
   * @param terminal where it tells what it does
   * @param errors where it tells what went wrong
   * @return 0 all well, 1 a checkpoint failed, 2 unusable arguments, 3 anything else
   */
  public static int execute(PrintWriter terminal, PrintWriter errors, String... arguments) {
    return execute(terminal, errors, System.getenv(), arguments);
  }

  /**
   * Runs the command line in another environment.
   *
   * @param environment variables by name
   */
  public static int execute(
      PrintWriter terminal,
      PrintWriter errors,
      Map<String, String> environment,
      String... arguments) {
    Configuration configuration;
    try {
      configuration = Configuration.of(Components::options, environment, arguments);
    } catch (ConfigurationException e) {
      errors.println(e.getMessage());
      if (Collections.disjoint(List.of(arguments), ASKS_FOR_HELP)) {
        return UNUSABLE;
      }
      configuration = Configuration.NONE;
    }
    configuration.warnings().forEach(errors::println);
    return configuration
        .appliedTo(
            new CommandLine(new Sounding(configuration))
                .setParameterExceptionHandler(Sounding::refuse))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Sounding::path)
        .setOut(terminal)
        .setErr(errors)
        .setExecutionExceptionHandler(Sounding::tell)
        .execute(arguments);
  }

  private static Path path(String given) {
    if (given.isEmpty()) {
      throw new CommandLine.TypeConversionException("the path is empty; is a variable unset?");
    }
    return Path.of(given);
  }

  Configuration configuration() {
    return configuration;
  }

  /**
   * What is wrong with the arguments, a sentence that stays in sight; what commands and options
   * there are follows only where that is the question.
   */
  private static int refuse(CommandLine.ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter errors = command.getErr();
    errors.println(MetricRow.printableLines(failure.getMessage()));
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, errors)) {
      if (command.getSubcommands().isEmpty()) {
        errors.printf("%s --help tells more.%n", command.getCommandSpec().qualifiedName());
      } else {
        command.usage(errors);
      }
    }
    return UNUSABLE;
  }

  /** Failures are told as sentences; the log has the rest. */
  private static int tell(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult arguments) {
    LoggerFactory.getLogger(Sounding.class).info("The command failed.", failure);
    commandLine.getErr().println(MetricRow.printableLines(sentence(failure, commandLine)));
    return failure instanceof UnusableInputException ? UNUSABLE : FAILED;
  }

  static String sentence(Exception failure, CommandLine command) {
    if (failure instanceof InterruptException) {
      return "Interrupted.";
    } else if (failure instanceof KafkaException) {
      Throwable reason = failure.getCause() == null ? failure : failure.getCause();
      boolean ofTheUser = command.getCommandSpec().optionsMap().containsKey("--bootstrap");
      return "Kafka could not be used (%s).%s"
          .formatted(
              reason.getMessage() == null ? reason : reason.getMessage(),
              ofTheUser ? " Check --bootstrap and --kafka-properties, and that it runs." : "");
    }
    if (failure instanceof FileSystemException refused && refused.getFile() != null) {
      return "%s cannot be used (%s)."
          .formatted(refused.getFile(), UnusableInputException.reason(refused));
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        specification.commandLine(), "Say what to do: name a command.");
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Sounding.class.getPackage().getImplementationVersion();
      return new String[] {"sounding " + (version == null ? "(unpackaged build)" : version)};
    }
  }
}
