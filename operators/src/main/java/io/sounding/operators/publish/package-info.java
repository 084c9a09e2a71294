/** Merged summaries to metric events, rejections to dead letters. */
package io.sounding.operators.publish;
