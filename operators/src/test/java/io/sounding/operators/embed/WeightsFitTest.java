package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class WeightsFitTest {

  private static final TensorForm FORM = new TensorForm(ElementType.F32, List.of(4L, 3L));

  private static Map<String, TensorForm> forms(String... names) {
    return List.of(names).stream().collect(Collectors.toMap(name -> name, name -> FORM));
  }

  private static Map<String, StoredTensor> stored(Map<String, TensorForm> forms) {
    Map<String, StoredTensor> stored = new LinkedHashMap<>();
    forms.forEach((name, form) -> stored.put(name, new StoredTensor(form, 0)));
    return stored;
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(
      Map<String, TensorForm> graph, Map<String, TensorForm> file) {
    return assertThatThrownBy(() -> WeightsFit.check(graph, stored(file), "Export it so."))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The weights do not fit the graph. ")
        .hasMessageEndingWith(".");
  }

  @Test
  void equalNamesAndShapesFitWhateverTheFloatingType() {
    for (ElementType type :
        new ElementType[] {ElementType.F64, ElementType.F32, ElementType.F16, ElementType.BF16}) {
      assertThatCode(
              () ->
                  WeightsFit.check(
                      forms("a", "b"),
                      stored(Map.of("b", new TensorForm(type, List.of(4L, 3L)), "a", FORM)),
                      ""))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aShapeOfAsManyElementsIsAnotherShape() {
    assertRefused(forms("a"), Map.of("a", new TensorForm(ElementType.F16, List.of(3L, 4L))))
        .hasMessageContaining(
            "Of another shape or type: 1 (a: F32 [4, 3] in the graph, F16 [3, 4] in the file).")
        .hasMessageNotContaining("Export it so.");
  }

  @Test
  void howToExportIsSaidWhereNamesDiffer() {
    assertRefused(forms("a", "onnx::MatMul_7"), forms("a", "b.weight"))
        .hasMessageContaining("Not in the file: 1 of the graph's 2 (onnx::MatMul_7).")
        .hasMessageContaining("Not in the graph: 1 of the file's 2 (b.weight).")
        .hasMessageEndingWith("Export it so.");
  }

  @Test
  void aPrefixThatIsAllTheDifferenceIsNamed() {
    assertRefused(forms("e.a", "e.b.c"), forms("a", "b.c", "head"))
        .hasMessageContaining("Every name of the graph begins with 'e.'");
    assertRefused(forms("a", "b.c"), forms("module.a", "module.b.c"))
        .hasMessageContaining("Every name of the file begins with 'module.'");
    assertRefused(forms("e.a", "f.b"), forms("a", "b")).hasMessageNotContaining("begins with");
    assertRefused(forms(), forms("a")).hasMessageNotContaining("begins with");
  }

  @Test
  void ofManyTensorsTheFirstAreNamedAndOfLongNamesTheBeginning() {
    Map<String, TensorForm> many =
        IntStream.range(0, 10_000)
            .boxed()
            .collect(Collectors.toMap(i -> "x\n".repeat(1_000) + (10_000 + i), i -> FORM));
    assertRefused(many, forms())
        .hasMessageContaining("Not in the file: 10000 of the graph's 10000 (x?x?")
        .hasMessageContaining(" and 9980 more)")
        .message()
        .hasSizeLessThan(4_000);
  }
}
