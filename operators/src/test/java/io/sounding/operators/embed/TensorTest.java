package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorTest {

  /** A tensor whose elements count up from {@code first}. */
  private static Tensor tensor(int first, long... shape) {
    int size = 1;
    for (long extent : shape) {
      size *= (int) extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = first + i;
    }
    return new Tensor(shape, () -> values);
  }

  @Test
  void onlyWantedLayersTakeMemoryAndStacksAsAWhole() throws EncodingException {
    List<Tensor> tuple = List.of(tensor(0, 1, 2, 2), tensor(0, 1, 2, 2), tensor(0, 1, 3, 5));
    assertThat(Tensor.bytes(tuple, null)).isEqualTo(4 * (4 + 4 + 15));
    assertThat(Tensor.bytes(tuple, new int[] {-1})).isEqualTo(4 * 15);
    assertThat(Tensor.bytes(List.of(tensor(0, 3, 1, 2, 2)), new int[] {1})).isEqualTo(4 * 12);
  }

  @Test
  void whatIsNotWantedIsNotCopied() throws EncodingException {
    Tensor notWanted =
        new Tensor(
            new long[] {1, 2, 2},
            () -> {
              throw new AssertionError("copied");
            });
    Frames frames = Tensor.select(List.of(notWanted, tensor(5, 1, 2, 2)), 1, new int[] {-1});
    assertThat(frames.values()[0]).containsExactly(tensor(5, 1, 2, 2).values().get());
  }

  @Test
  void oneTensorIsOneLayer() throws EncodingException {
    Frames frames = Tensor.select(List.of(tensor(0, 2, 3, 2)), 2, null);
    assertThat(frames.layers()).containsExactly(0);
    assertThat(frames.batch()).isEqualTo(2);
    assertThat(frames.frames()).isEqualTo(3);
    assertThat(frames.dimension()).isEqualTo(2);
    assertThat(frames.values()[0]).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(frames.begin(1)).isEqualTo(6);
  }

  @Test
  void aStackIsTakenApart() throws EncodingException {
    Tensor stack = tensor(0, 3, 2, 1, 2);
    Frames all = Tensor.select(List.of(stack), 2, null);
    assertThat(all.layers()).containsExactly(0, 1, 2);
    assertThat(all.values()[1]).containsExactly(4, 5, 6, 7);
    assertThat(all.values()[2]).containsExactly(8, 9, 10, 11);
    Frames chosen = Tensor.select(List.of(stack), 2, new int[] {2, 0});
    assertThat(chosen.layers()).containsExactly(2, 0);
    assertThat(chosen.values()[0]).containsExactly(8, 9, 10, 11);
    assertThat(chosen.values()[1]).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aTupleIsOneLayerPerTensorAndNegativeIndicesCountFromItsEnd() throws EncodingException {
    List<Tensor> tuple = List.of(tensor(0, 1, 2, 2), tensor(10, 1, 2, 2), tensor(20, 1, 2, 2));
    Frames frames = Tensor.select(tuple, 1, new int[] {-1, -3});
    assertThat(frames.layers()).containsExactly(2, 0);
    assertThat(frames.values()[0]).containsExactly(20, 21, 22, 23);
    assertThat(frames.values()[1]).containsExactly(0, 1, 2, 3);
  }

  @Test
  void layersThatNobodyWantsMayHaveAnyShape() throws EncodingException {
    List<Tensor> tuple = List.of(tensor(0, 7), tensor(0, 1, 2, 2), tensor(0, 1, 9, 4));
    assertThat(Tensor.select(tuple, 1, new int[] {1}).layers()).containsExactly(1);
  }

  static Stream<Arguments> refusals() {
    Tensor good = tensor(0, 2, 3, 4);
    return Stream.of(
        arguments("nothing", List.of(), null, "The model has no output."),
        arguments(
            "more layers than anyone has",
            Collections.nCopies(1_001, good),
            null,
            "The model has 1001 outputs, and 1001 are to be evaluated; at most 1000 can be."),
        arguments("rank 1", List.of(tensor(0, 6)), null, "Layer 0 of the model has shape [6]"),
        arguments("rank 2", List.of(tensor(0, 2, 6)), null, "must be (batch, frames, dimension)"),
        arguments("rank 5", List.of(tensor(0, 1, 1, 2, 3, 1)), null, "has shape [1, 1, 2, 3, 1]"),
        arguments("batch", List.of(tensor(0, 1, 3, 4)), null, "shape [1, 3, 4] for a batch of 2"),
        arguments("stacked batch", List.of(tensor(0, 2, 3, 3, 4)), null, "for a batch of 2"),
        arguments("no dimension", List.of(tensor(0, 2, 3, 0)), null, "shape [2, 3, 0]"),
        arguments(
            "frames",
            List.of(good, tensor(0, 2, 5, 4)),
            null,
            "Layer 1 of the model gives 5 frames where layer 0 gives 3"),
        arguments(
            "dimensions",
            List.of(good, tensor(0, 2, 3, 8)),
            null,
            "Layer 1 of the model has dimension 8 where layer 0 has 4"),
        arguments(
            "past the end",
            List.of(good),
            new int[] {1},
            "Layer 1 was asked for, but the model has 1 outputs (0 to 0)"),
        arguments("before the start", List.of(good), new int[] {-2}, "Layer -2 was asked for"),
        arguments(
            "twice", List.of(good, good), new int[] {1, -1}, "The layers [1, -1] name one of"),
        arguments("empty stack", List.of(tensor(0, 0, 2, 3, 4)), null, "The model has no output."));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void whatIsNoFramesIsRefusedWithASentence(
      String title, List<Tensor> outputs, int[] wanted, String sentence) {
    assertThatThrownBy(() -> Tensor.select(outputs, 2, wanted))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }

  @Test
  void windowsOfOneUtteranceBecomeOneSequence() throws EncodingException {
    Frames first = Tensor.select(List.of(tensor(0, 1, 2, 2), tensor(50, 1, 2, 2)), 1, null);
    Frames second = Tensor.select(List.of(tensor(4, 1, 1, 2), tensor(54, 1, 1, 2)), 1, null);
    Frames all = Frames.inSequence(List.of(first, second));
    assertThat(all.frames()).isEqualTo(3);
    assertThat(all.values()[0]).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(all.values()[1]).containsExactly(50, 51, 52, 53, 54, 55);
    Frames other = Tensor.select(List.of(tensor(0, 1, 2, 3), tensor(0, 1, 2, 3)), 1, null);
    assertThatThrownBy(() -> Frames.inSequence(List.of(first, other)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("another dimension");
  }
}
