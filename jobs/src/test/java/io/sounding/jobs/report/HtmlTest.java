package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<script>alert(1)</script>|&lt;script&gt;alert(1)&lt;/script&gt;",
        "\" onload=\"x|&quot; onload=&quot;x",
        "' onload='x|&#39; onload=&#39;x",
        "a & b &amp; c|a &amp; b &amp;amp; c",
        "</style></title>|&lt;/style&gt;&lt;/title&gt;",
        "\u00fc\u4e2d\ud83d\udd0a|\u00fc\u4e2d\ud83d\udd0a"
      })
  void textIsText(String text, String escaped) {
    assertThat(written(html -> html.text(text))).isEqualTo(escaped);
    assertThat(written(html -> html.open("p", "title", text)))
        .isEqualTo("<p title=\"" + escaped + "\">");
  }

  @Test
  void controlCharactersGo() {
    assertThat(Html.escaped("a\u0000b\u001b[31mc\nd")).isEqualTo("a b [31mc d");
  }

  @Test
  void imagesAreInThePage() {
    assertThat(written(html -> html.image(new byte[] {1, 2, 3}, 40, "a \"plot\"")))
        .isEqualTo(
            "<img src=\"data:image/png;base64,AQID\" width=\"40\" alt=\"a &quot;plot&quot;\">");
  }

  private static String written(Consumer<Html> writing) {
    StringBuilder page = new StringBuilder();
    writing.accept(new Html(page));
    return page.toString();
  }
}
