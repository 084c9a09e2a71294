/** Bytes to records, or a dead letter: nothing malformed gets further, duplicates end here. */
package io.sounding.operators.admit;
