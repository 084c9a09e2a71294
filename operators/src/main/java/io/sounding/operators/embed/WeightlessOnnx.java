package io.sounding.operators.embed;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX model without its weights: initializers of floating-point type have become inputs, so
 * that no optimisation folds them away. Their elements are passed over while the file is read,
 * which takes memory for the rest of the graph alone.
 *
 * @param model the serialized ModelProto
 * @param weights the forms of the weights by name
 */
record WeightlessOnnx(byte[] model, Map<String, TensorForm> weights) {

  /**
   * Reads an ONNX file; protobuf holds at most 2 GiB.
   *
   * @throws InvalidProtocolBufferException if it is none, or has two weights of one name
   */
  static WeightlessOnnx read(InputStream file) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(file, 1 << 16);
    Map<String, TensorForm> weights = new LinkedHashMap<>();
    UnknownFieldSet.Builder model = UnknownFieldSet.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, OnnxMessages.MODEL_GRAPH)) {
        int outer = in.pushLimit(in.readRawVarint32());
        model.mergeLengthDelimitedField(OnnxMessages.MODEL_GRAPH, graph(in, weights));
        in.popLimit(outer);
      } else {
        keep(tag, in, model);
      }
    }
    return new WeightlessOnnx(model.build().toByteArray(), weights);
  }

  private static ByteString graph(CodedInputStream in, Map<String, TensorForm> weights)
      throws IOException {
    UnknownFieldSet.Builder graph = UnknownFieldSet.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, OnnxMessages.GRAPH_INITIALIZER)) {
        int outer = in.pushLimit(in.readRawVarint32());
        initializer(in, graph, weights);
        in.popLimit(outer);
      } else {
        keep(tag, in, graph);
      }
    }
    Set<String> inputs = new HashSet<>(); // up to IR version 3, initializers are inputs as well
    for (ByteString input :
        graph.build().getField(OnnxMessages.GRAPH_INPUT).getLengthDelimitedList()) {
      inputs.add(OnnxMessages.nameOfInput(input));
    }
    weights.forEach(
        (name, form) -> {
          if (!inputs.contains(name)) {
            graph.mergeLengthDelimitedField(
                OnnxMessages.GRAPH_INPUT, OnnxMessages.input(name, form));
          }
        });
    return graph.build().toByteString();
  }

  private static void initializer(
      CodedInputStream in, UnknownFieldSet.Builder graph, Map<String, TensorForm> weights)
      throws IOException {
    Optional<ElementType> type = Optional.empty();
    UnknownFieldSet.Builder read = UnknownFieldSet.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      boolean isForm = field == OnnxMessages.TENSOR_DIMS || field == OnnxMessages.TENSOR_NAME;
      if (field == OnnxMessages.TENSOR_DATA_TYPE
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
        int number = in.readInt32();
        type = ElementType.ofOnnx(number);
        read.mergeVarintField(field, number);
      } else if (!isForm && type.filter(ElementType::isFloating).isPresent()) {
        in.skipField(tag);
      } else {
        keep(tag, in, read);
      }
    }
    UnknownFieldSet tensor = read.build();
    if (type.filter(ElementType::isFloating).isEmpty()) {
      graph.mergeLengthDelimitedField(OnnxMessages.GRAPH_INITIALIZER, tensor.toByteString());
      return;
    }
    String name = OnnxMessages.text(tensor, OnnxMessages.TENSOR_NAME);
    if (weights.put(name, new TensorForm(type.get(), dimensions(tensor))) != null) {
      throw new InvalidProtocolBufferException("Two initializers are called " + name + ".");
    }
  }

  /** One by one, as version 2 of protobuf writes numbers, or packed, as version 3 does. */
  private static List<Long> dimensions(UnknownFieldSet tensor) throws IOException {
    UnknownFieldSet.Field field = tensor.getField(OnnxMessages.TENSOR_DIMS);
    List<Long> dimensions = new ArrayList<>(field.getVarintList());
    for (ByteString packed : field.getLengthDelimitedList()) {
      CodedInputStream numbers = packed.newCodedInput();
      while (!numbers.isAtEnd()) {
        dimensions.add(numbers.readInt64());
      }
    }
    return dimensions;
  }

  private static boolean isMessage(int tag, int field) {
    return WireFormat.getTagFieldNumber(tag) == field
        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static void keep(int tag, CodedInputStream in, UnknownFieldSet.Builder message)
      throws IOException {
    if (!message.mergeFieldFrom(tag, in)) {
      throw new InvalidProtocolBufferException("A group ends that did not begin.");
    }
  }
}
