package io.sounding.tests.speed.throughput;

import io.sounding.operators.statistics.StatisticsSettings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What is measured, on what, and how often. */
final class Options {

  @Option(
      names = "--work",
      required = true,
      paramLabel = "DIR",
      description = "Models, topics, logs and results go there; outside the checkout (4 GB).")
  Path work;

  @Option(
      names = "--parts",
      split = ",",
      description = "Which are measured: ${DEFAULT-VALUE}. \"report\" only makes the report anew.")
  List<String> parts = List.of("limit", "fold", "whole", "scale", "growth", "latency");

  @Option(names = "--repetitions", description = "Of all but scale.")
  int repetitions = 2;

  @Option(
      names = "--audio",
      paramLabel = "FOLDER",
      description =
          "Speech as WAV or FLAC; repeated where it is short. Default: ../shared/speech/hour beside the checkout, or the demo's.")
  Path audio;

  @Option(
      names = "--scripts",
      hidden = true,
      required = true,
      description = "The folder tests/speed.")
  Path scripts;

  @Option(names = "--out", paramLabel = "FILE", description = "The report.")
  Path out;

  @Option(names = "--parallelism", description = "Subtasks, and threads of the limit.")
  int parallelism = 2;

  @Option(
      names = "--encoders",
      split = ",",
      description =
          "Of limit, fold and whole: demo, best-rq, base. In whole the last layer is evaluated, with base:all all of them. base:gpu runs on the first GPU, as TorchScript.")
  List<String> encoders = List.of("demo", "best-rq", "base");

  @Option(names = "--limit-minutes", description = "Audio of limit, minutes.")
  double limitMinutes = 1.5;

  @Option(names = "--fold-shards", description = "Shards of an hour that are embedded in fold.")
  int foldShards = 4;

  @Option(names = "--minutes", description = "Audio of whole, minutes.")
  double minutes = 10;

  @Option(names = "--clusters", description = "k of whole and latency.")
  int clusters = StatisticsSettings.defaults().clusters();

  @Option(names = "--demo-checkpoints", description = "Checkpoints of the demo's encoder in whole.")
  int demoCheckpoints = 20;

  @Option(names = "--checkpoints", description = "Checkpoints of the other encoders in whole.")
  int checkpoints = 4;

  @Option(
      names = "--task-managers",
      split = ",",
      description = "Sizes of scale that are measured; results of others are kept.")
  List<Integer> taskManagers = List.of(1, 2, 4, 8, 16);

  @Option(
      names = "--processes",
      description = "Of scale, that hold more task managers than there are processors.")
  int processes = 1;

  @Option(names = "--scale-minutes", description = "Audio of scale, minutes.")
  double scaleMinutes = 60;

  @Option(names = "--scale-checkpoints", description = "Checkpoints of scale.")
  int scaleCheckpoints = 20;

  @Option(names = "--scale-state", description = "State backend of scale: hashmap or rocksdb.")
  String scaleState = "rocksdb";

  @Option(names = "--real-times", description = "Audio seconds per second of a waiting encoder.")
  double realTimes = 200;

  @Option(names = "--dimension", description = "Dimension of a waiting encoder's frames.")
  int dimension = 16;

  @Option(names = "--hours", split = ",", description = "Audio of growth, hours.")
  List<Double> hours = List.of(1.0, 2.0, 4.0, 8.0);

  @Option(
      names = "--latency-encoders",
      split = ",",
      description = "Of latency: demo, features, base; with :all and :gpu as above.")
  List<String> latencyEncoders = List.of("demo", "features");

  @Option(names = "--latency-minutes", description = "Audio of latency, minutes.")
  double latencyMinutes = 60;
}
