package io.sounding.jobs.dashboard;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Sends answers: compressed where the client can read that, and not for ever. Of what answers HEAD
 * Jetty sends the headers alone.
 */
final class Answers {

  /** How long a client may take to read an answer. */
  private static final Duration READING_LIMIT = Duration.ofMinutes(1);

  private static final int CHUNK_BYTES = 1 << 15;

  private Answers() {}

  /** Sends JSON. */
  static void sendJson(Context context, Body json) throws IOException {
    send(context, "application/json", json);
  }

  /** Sends a file of the page, if the client does not have it. */
  static void sendFile(Context context, PageFiles.PageFile file) throws IOException {
    context.header("ETag", file.tag());
    String known = context.header("If-None-Match");
    if (known != null && known.contains(file.tag())) {
      context.status(304);
    } else {
      send(context, file.type(), file.body());
    }
  }

  private static void send(Context context, String type, Body body) throws IOException {
    HttpServletResponse response = context.res();
    response.setContentType(type);
    response.setHeader("Vary", "Accept-Encoding");
    boolean compressed = readsGzip(context.header("Accept-Encoding"));
    if (compressed) {
      response.setHeader("Content-Encoding", "gzip");
      response.setContentLength(body.gzipLength());
    }
    try (InputStream in = compressed ? body.gzip() : body.plain()) {
      copy(in, response.getOutputStream());
    }
  }

  /** Sends what went wrong. */
  static void sendError(Context context, int status, String sentence) throws IOException {
    context.status(status);
    context.header("Cache-Control", "no-store");
    sendJson(context, JsonBody.of(Map.of("error", sentence)));
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    long start = System.nanoTime();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      out.write(chunk, 0, read);
      if (System.nanoTime() - start > READING_LIMIT.toNanos()) {
        throw new IOException("A client read an answer too slowly.");
      }
    }
  }

  private static boolean readsGzip(String accepted) {
    if (accepted == null) {
      return false;
    }
    for (String coding : accepted.toLowerCase(Locale.ROOT).split(",")) {
      String[] parts = coding.split(";", 2);
      String name = parts[0].strip();
      boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
      if ((name.equals("gzip") || name.equals("*")) && !refused) {
        return true;
      }
    }
    return false;
  }
}
