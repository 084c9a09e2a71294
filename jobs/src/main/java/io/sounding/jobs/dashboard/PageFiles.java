package io.sounding.jobs.dashboard;

import io.sounding.schemas.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files of the page, from the jar. Their tags are of their content: their times in the jar are
 * all the same.
 */
final class PageFiles {

  /**
   * A file.
   *
   * @param type its media type
   * @param tag changes with its content
   */
  record PageFile(String type, String tag, Body body) {}

  private static final String FOLDER = "/io/sounding/jobs/dashboard/page/";
  private static final int TAG_BYTES = 16;

  /** No file's is longer; a pattern takes a frame of the stack for each folder of a name. */
  private static final int NAME_LENGTH = 100;

  /** Names without a dot in front, so that none leads out of the folder. */
  private static final Pattern PATH =
      Pattern.compile("([a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_.-]*");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2");

  private final Map<String, PageFile> files = new ConcurrentHashMap<>();

  /** The file at a path of the server; null: there is none. */
  PageFile at(String path) throws IOException {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    PageFile known = files.get(name);
    if (known != null || name.length() > NAME_LENGTH || !PATH.matcher(name).matches()) {
      return known;
    }
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return null;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        return null;
      }
      byte[] content = in.readAllBytes();
      PageFile file = new PageFile(type, tag(content), Body.of(out -> out.write(content)));
      files.put(name, file);
      return file;
    }
  }

  private static String tag(byte[] content) {
    byte[] digest = Sha256.start().digest(content);
    return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
  }
}
