package io.sounding.jobs;

/**
 * The uids of the stages, in stream order. Flink finds a stage's state in a savepoint by its uid,
 * so these names are never changed, and the name of a stage that went is not given to another.
 */
final class Uids {

  static final String CHECKPOINTS = "checkpoints";
  static final String ADMIT_CHECKPOINTS = "admit-checkpoints";
  static final String FIRST_CHECKPOINT_WINS = "first-checkpoint-wins";
  static final String AUDIO = "audio";
  static final String ADMIT_AUDIO = "admit-audio";
  static final String FIRST_MANIFEST_WINS = "first-manifest-wins";
  static final String ASSEMBLE = "assemble";
  static final String DIVIDE = "divide";
  static final String CHECKPOINT_TO_ALL = "checkpoint-to-all";
  static final String MANIFEST_TO_ALL = "manifest-to-all";
  static final String EMBED = "embed";
  static final String LAYERS_OF_SHARDS = "layers-of-shards";
  static final String FAIL_LAYERS = "fail-layers";
  static final String MERGE = "merge";
  static final String PUBLISH = "publish";
  static final String FIRST_FAILURE_ENDS = "first-failure-ends";
  static final String METRICS = "metrics";
  static final String READ_MEASUREMENTS = "read-measurements";
  static final String LATEST_VALUES = "latest-values";
  static final String JUDGE_ALARMS = "judge-alarms";
  static final String ALARMS = "alarms";
  static final String SCORES = "scores";
  static final String ADMIT_SCORES = "admit-scores";
  static final String JOIN_SCORES = "join-scores";
  static final String CORRELATE = "correlate";
  static final String CORRELATIONS = "correlations";
  static final String PUBLISH_DEAD_LETTERS = "publish-dead-letters";
  static final String DEAD_LETTERS = "dead-letters";

  private Uids() {}
}
