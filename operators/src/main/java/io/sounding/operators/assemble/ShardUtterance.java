package io.sounding.operators.assemble;

/**
 * An utterance and the shard that it belongs to.
 *
 * @param shard the shard, 0-based
 * @param utterance the utterance
 */
public record ShardUtterance(int shard, Utterance utterance) {}
