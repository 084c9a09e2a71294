/** The summaries of all shards to one, per checkpoint and layer. */
package io.sounding.operators.merge;
