package io.sounding.operators.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: a JSON object with, for each tensor, its name and an object of
 * exactly {@code dtype} (such as {@code F32}), {@code shape} (whole numbers &gt;= 0) and {@code
 * data_offsets} (first byte and byte after the last, from the end of the header); and {@code
 * __metadata__}, texts by name, which are passed over. A name that comes twice is refused.
 */
final class SafetensorsHeader {

  private static final String METADATA = "__metadata__";

  /** Higher than any framework's. */
  private static final int MOST_DIMENSIONS = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Where a tensor lies.
   *
   * @param form its type and shape
   * @param begin its first byte, from the end of the header
   * @param end the byte after its last
   */
  record Entry(TensorForm form, long begin, long end) {}

  private final JsonParser json;

  private SafetensorsHeader(JsonParser json) {
    this.json = json;
  }

  /** The tensors of a header by name, in its order. */
  static Map<String, Entry> parse(String header) throws EncodingException {
    try (JsonParser json = JSON.createParser(header)) {
      return new SafetensorsHeader(json).tensors();
    } catch (JsonProcessingException e) {
      throw Safetensors.refused(
          "its header is no JSON: " + WeightsFit.told(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new IllegalStateException("A text is read from memory.", e);
    }
  }

  private Map<String, Entry> tensors() throws IOException, EncodingException {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      if (name.equals(METADATA)) {
        metadata();
      } else {
        tensors.put(name, entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw Safetensors.refused("its header goes on after its end");
    }
    return tensors;
  }

  private void metadata() throws IOException, EncodingException {
    expect(json.nextToken(), JsonToken.START_OBJECT, METADATA);
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      expect(json.nextToken(), JsonToken.VALUE_STRING, "an entry of " + METADATA);
    }
  }

  private Entry entry(String name) throws IOException, EncodingException {
    String tensor = "tensor " + WeightsFit.told(name);
    ElementType type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    expect(json.nextToken(), JsonToken.START_OBJECT, tensor);
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      switch (key) {
        case "dtype" -> type = type(tensor);
        case "shape" -> shape = wholeNumbers(tensor, MOST_DIMENSIONS);
        case "data_offsets" -> offsets = wholeNumbers(tensor, 2);
        default ->
            throw Safetensors.refused("%s has a key %s".formatted(tensor, WeightsFit.told(key)));
      }
    }
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw Safetensors.refused(tensor + " lacks its dtype, its shape or its two data_offsets");
    }
    Entry entry = new Entry(new TensorForm(type, shape), offsets.get(0), offsets.get(1));
    checkLength(tensor, entry);
    return entry;
  }

  private static void checkLength(String tensor, Entry entry) throws EncodingException {
    TensorForm form = entry.form();
    try {
      if (entry.end() - entry.begin() == form.bytes()) {
        return;
      }
    } catch (ArithmeticException e) {
      throw Safetensors.refused(
          "%s of shape %s has more elements than a file can hold".formatted(tensor, form.shape()));
    }
    throw Safetensors.refused(
        "%s is announced to take bytes %d to %d, and %s of shape %s takes %d"
            .formatted(
                tensor, entry.begin(), entry.end(), form.type(), form.shape(), form.bytes()));
  }

  private ElementType type(String tensor) throws IOException, EncodingException {
    expect(json.nextToken(), JsonToken.VALUE_STRING, "the dtype of " + tensor);
    String name = json.getText();
    return ElementType.named(name)
        .orElseThrow(
            () ->
                Safetensors.refused(
                    "%s is of dtype %s, which this version does not know"
                        .formatted(tensor, WeightsFit.told(name))));
  }

  private List<Long> wholeNumbers(String tensor, int most) throws IOException, EncodingException {
    expect(json.nextToken(), JsonToken.START_ARRAY, "a list of " + tensor);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, "a number of " + tensor);
      numbers.add(json.getLongValue());
      if (numbers.size() > most || json.getLongValue() < 0) {
        throw Safetensors.refused(
            tensor + " has a negative number in its shape or data_offsets, or too many of them");
      }
    }
    return numbers;
  }

  private static void expect(JsonToken actual, JsonToken expected, String what)
      throws EncodingException {
    if (actual != expected) {
      throw Safetensors.refused(
          "%s is %s where %s must be"
              .formatted(what, actual == null ? "cut off" : actual, expected));
    }
  }
}
