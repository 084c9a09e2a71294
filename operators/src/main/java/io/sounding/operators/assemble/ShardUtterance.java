package io.sounding.operators.assemble;

/**
 * An utterance and the shard that it belongs to.
 *
 * @param shard the shard, 0-based; {@link #UNDECIDED} before its corpus is divided
 * @param utterance the utterance
 */
public record ShardUtterance(int shard, Utterance utterance) {

  /** Its corpus is still to be divided. */
  public static final int UNDECIDED = -1;

  /** What it is keyed by as long as its shard is undecided. */
  public String utteranceKey() {
    return utterance.key();
  }
}
