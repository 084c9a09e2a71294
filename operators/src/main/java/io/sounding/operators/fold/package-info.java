/** Frames to the mergeable summary of a shard, where the frames are made: they cross no network. */
package io.sounding.operators.fold;
