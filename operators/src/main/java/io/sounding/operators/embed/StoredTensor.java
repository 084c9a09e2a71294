package io.sounding.operators.embed;

/**
 * A tensor in a file: its elements lie there in row-major order, little-endian.
 *
 * @param form its type and shape
 * @param offset where its first byte lies, from the beginning of the file
 */
record StoredTensor(TensorForm form, long offset) {}
