/** Shards x checkpoints to frames: keeps the audio, loads the models, runs them in slices. */
package io.sounding.operators.embed;
