package io.sounding.jobs.report;

import java.util.Base64;
import java.util.Set;

/**
 * Writes HTML. Whatever is given as text or as the value of an attribute comes out as text: names
 * of runs and reasons of failures are other people's and may look like markup.
 */
final class Html {

  private static final Set<String> INLINE = Set.of("a", "code", "label");

  private final StringBuilder page = new StringBuilder();

  /** Begins an element; attributes are names and values in turn. */
  Html open(String element, String... attributes) {
    page.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      page.append(' ').append(attributes[i]).append("=\"").append(escaped(attributes[i + 1]));
      page.append('"');
    }
    page.append('>');
    return this;
  }

  Html close(String element) {
    page.append("</").append(element).append('>');
    if (!INLINE.contains(element)) {
      page.append('\n');
    }
    return this;
  }

  Html text(String text) {
    page.append(escaped(text));
    return this;
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
    page.append(markup);
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

  @Override
  public String toString() {
    return page.toString();
  }
}
