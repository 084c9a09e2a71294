package io.sounding.operators.embed;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * The few protobuf messages of ONNX that are made or looked into here, with the numbers of their
 * fields (onnx.proto; numbers never change). Everything else is carried along as it is.
 */
final class OnnxMessages {

  /** ModelProto: the graph. */
  static final int MODEL_GRAPH = 7;

  /** GraphProto: its nodes, initializers and inputs. */
  static final int GRAPH_NODE = 1;

  static final int GRAPH_INITIALIZER = 5;
  static final int GRAPH_INPUT = 11;

  /** TensorProto: what is left of it when its elements are taken away. */
  static final int TENSOR_DIMS = 1;

  static final int TENSOR_DATA_TYPE = 2;
  static final int TENSOR_NAME = 8;

  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;
  private static final int LOCATION_EXTERNAL = 1;
  private static final int ATTRIBUTE_INT = 2;

  private OnnxMessages() {}

  /** ValueInfoProto: an input of this name and form. */
  static ByteString input(String name, TensorForm form) {
    var shape = UnknownFieldSet.newBuilder();
    for (long dimension : form.shape()) {
      shape.mergeLengthDelimitedField(1, varint(1, dimension).build().toByteString());
    }
    var tensor = varint(1, form.type().onnx());
    tensor.mergeLengthDelimitedField(2, shape.build().toByteString());
    var type = UnknownFieldSet.newBuilder();
    type.mergeLengthDelimitedField(1, tensor.build().toByteString());
    return text(1, name)
        .mergeLengthDelimitedField(2, type.build().toByteString())
        .build()
        .toByteString();
  }

  /** The name in a ValueInfoProto. */
  static String nameOfInput(ByteString input) throws InvalidProtocolBufferException {
    return text(UnknownFieldSet.parseFrom(input), 1);
  }

  /** The text in a field; empty if there is none. */
  static String text(UnknownFieldSet message, int field) {
    List<ByteString> texts = message.getField(field).getLengthDelimitedList();
    return texts.isEmpty() ? "" : texts.get(texts.size() - 1).toStringUtf8();
  }

  /** TensorProto: an initializer whose elements lie in a file of this name. */
  static ByteString external(String name, StoredTensor stored, String fileName) {
    var tensor = text(TENSOR_NAME, name);
    for (long dimension : stored.form().shape()) {
      tensor.mergeFrom(varint(TENSOR_DIMS, dimension).build());
    }
    return tensor
        .mergeVarintField(TENSOR_DATA_TYPE, stored.form().type().onnx())
        .mergeVarintField(TENSOR_DATA_LOCATION, LOCATION_EXTERNAL)
        .mergeLengthDelimitedField(TENSOR_EXTERNAL_DATA, entry("location", fileName))
        .mergeLengthDelimitedField(TENSOR_EXTERNAL_DATA, entry("offset", "" + stored.offset()))
        .mergeLengthDelimitedField(
            TENSOR_EXTERNAL_DATA, entry("length", "" + stored.form().bytes()))
        .build()
        .toByteString();
  }

  /** NodeProto: {@code to = Cast(from)}. */
  static ByteString cast(String from, String to, ElementType type) {
    ByteString attribute =
        text(1, "to")
            .mergeVarintField(3, type.onnx())
            .mergeVarintField(20, ATTRIBUTE_INT)
            .build()
            .toByteString();
    return text(1, from)
        .mergeLengthDelimitedField(2, ByteString.copyFromUtf8(to))
        .mergeLengthDelimitedField(4, ByteString.copyFromUtf8("Cast"))
        .mergeLengthDelimitedField(5, attribute)
        .build()
        .toByteString();
  }

  private static ByteString entry(String key, String value) {
    return text(1, key)
        .mergeLengthDelimitedField(2, ByteString.copyFromUtf8(value))
        .build()
        .toByteString();
  }

  private static UnknownFieldSet.Builder text(int field, String text) {
    return UnknownFieldSet.newBuilder()
        .mergeLengthDelimitedField(field, ByteString.copyFromUtf8(text));
  }

  private static UnknownFieldSet.Builder varint(int field, long number) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addVarint(number).build());
  }
}
