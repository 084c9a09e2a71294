package io.sounding.jobs.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Set;

/**
 * Writes HTML. Whatever is given as text or as the value of an attribute comes out as text: names
 * of runs and reasons of failures are other people's and may look like markup.
 */
final class Html {

  private static final Set<String> INLINE = Set.of("a", "code", "label");

  private final Appendable page;

  /**
   * @param page where it is written to; {@link UncheckedIOException} tells that it cannot be
   */
  Html(Appendable page) {
    this.page = page;
  }

  /** Begins an element; attributes are names and values in turn. */
  Html open(String element, String... attributes) {
    markup("<").markup(element);
    for (int i = 0; i < attributes.length; i += 2) {
      markup(" ").markup(attributes[i]).markup("=\"").text(attributes[i + 1]).markup("\"");
    }
    return markup(">");
  }

  Html close(String element) {
    markup("</").markup(element).markup(">");
    return INLINE.contains(element) ? this : markup("\n");
  }

  Html text(String text) {
    return markup(escaped(text));
  }

  /** An element with nothing but text in it. */
  Html element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /** A PNG image, inside of the page. */
  Html image(byte[] png, int width, String description) {
    String data = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    return open("img", "src", data, "width", Integer.toString(width), "alt", description);
  }

  /** Markup of our own, as it is. */
  Html markup(String markup) {
    try {
      page.append(markup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The text without anything that a browser would take for markup; control characters go. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default ->
                    escaped.appendCodePoint(Character.isISOControl(character) ? ' ' : character);
              }
            });
    return escaped.toString();
  }
}
