/** Chunks to utterances, utterances to shards. */
package io.sounding.operators.assemble;
