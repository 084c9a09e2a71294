package io.sounding.jobs.dashboard;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What is sent, kept compressed until then: whoever reads slowly holds little. */
final class Body {

  private static final int BUFFER_BYTES = 1 << 16;

  /** Writes it. */
  interface Writer {
    /** To this stream, once. */
    void write(OutputStream out) throws IOException;
  }

  private final byte[] compressed;

  private Body(byte[] compressed) {
    this.compressed = compressed;
  }

  /** What a writer writes; compressed fast, for speed counts more than the last percent. */
  static Body of(Writer writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new FastGzip(bytes)) {
      writer.write(out);
    }
    return new Body(bytes.toByteArray());
  }

  private static final class FastGzip extends GZIPOutputStream {

    private FastGzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /** As it is kept. */
  InputStream gzip() {
    return new ByteArrayInputStream(compressed);
  }

  int gzipLength() {
    return compressed.length;
  }

  /** For those who cannot read it so. */
  InputStream plain() throws IOException {
    return new GZIPInputStream(gzip(), BUFFER_BYTES);
  }
}
