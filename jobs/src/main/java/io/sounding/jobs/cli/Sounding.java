package io.sounding.jobs.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code sounding VERB}. */
@Command(
    name = "sounding",
    description = "Takes the depth of speech representations while they are being trained.",
    mixinStandardHelpOptions = true,
    versionProvider = Sounding.Version.class)
public final class Sounding implements Runnable {

  @CommandLine.Spec private CommandLine.Model.CommandSpec specification;

  /** Runs the command line and ends the process with its status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Sounding()).execute(arguments));
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
