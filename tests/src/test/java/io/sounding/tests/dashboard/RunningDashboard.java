package io.sounding.tests.dashboard;

import io.sounding.tests.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command {@code dashboard} as a user calls it. */
final class RunningDashboard implements AutoCloseable {

  /** Its address in what it tells, without a token. */
  static final Pattern ADDRESS = Pattern.compile("Dashboard at (http://[^#,\\s]+)");

  private final Verb verb;
  private final String address;

  private RunningDashboard(Verb verb) {
    this.verb = verb;
    verb.awaitTold("Stop it with Ctrl+C.");
    Matcher found = ADDRESS.matcher(verb.told());
    if (!found.find()) {
      throw new AssertionError("It told no address: " + verb.told());
    }
    address = found.group(1);
  }

  /** The arguments that have it read these topics and listen on this port; 0: a free one. */
  static List<String> arguments(TrainingTopics topics, int port) {
    return List.of(
        "dashboard",
        "--bootstrap",
        topics.bootstrapServers(),
        "--topics",
        topics.prefix(),
        "--port",
        Integer.toString(port));
  }

  /** Starts it on a port that is free. */
  static RunningDashboard of(TrainingTopics topics, String... more) {
    List<String> arguments = new ArrayList<>(arguments(topics, 0));
    arguments.addAll(List.of(more));
    return new RunningDashboard(Verb.start(arguments));
  }

  /** Starts it again where one was that was closed. */
  static RunningDashboard inPlaceOf(RunningDashboard closed, TrainingTopics topics) {
    int port = Integer.parseInt(closed.address.replaceFirst("^.*:(\\d+)/$", "$1"));
    return new RunningDashboard(Verb.start(arguments(topics, port)));
  }

  /** Where it is, ending in a slash. */
  String address() {
    return address;
  }

  String told() {
    return verb.told();
  }

  @Override
  public void close() {
    verb.close();
  }
}
