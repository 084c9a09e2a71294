package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(new Html().text(text)).hasToString(escaped);
    assertThat(new Html().open("p", "title", text)).hasToString("<p title=\"" + escaped + "\">");
  }

  @Test
  void controlCharactersGo() {
    assertThat(Html.escaped("a\u0000b\u001b[31mc\nd")).isEqualTo("a b [31mc d");
  }

  @Test
  void imagesAreInThePage() {
    assertThat(new Html().image(new byte[] {1, 2, 3}, 40, "a \"plot\""))
        .hasToString(
            "<img src=\"data:image/png;base64,AQID\" width=\"40\" alt=\"a &quot;plot&quot;\">");
  }
}
