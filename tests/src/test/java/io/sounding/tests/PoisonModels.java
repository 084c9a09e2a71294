package io.sounding.tests;

import static io.sounding.tests.PoisonCase.evaluated;
import static io.sounding.tests.PoisonCase.failed;
import static io.sounding.tests.PoisonRecords.HEALTHY;
import static io.sounding.tests.PoisonRecords.checkpoint;
import static io.sounding.tests.PoisonRecords.half;
import static io.sounding.tests.PoisonRecords.model;
import static io.sounding.tests.PoisonRecords.noise;
import static io.sounding.tests.PoisonRecords.sha256;

import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Models that cannot be loaded or run, or make what is not frames, and what must come of them. */
final class PoisonModels {

  /** Largest model file that the job takes, bytes: ten times those of the test models. */
  static final int MODEL_BYTES = 100_000;

  /** Rounds of busy.pt: a minute at the 14 ms a round that were measured on one quiet core. */
  private static final short BUSY_ROUNDS = 4_500;

  private final PoisonRecords publish;
  private final Path folder;

  /**
   * The models of the table.
   *
   * @param folder where files are made that are no models
   */
  PoisonModels(PoisonRecords publish, Path folder) {
    this.publish = publish;
    this.folder = folder;
  }

  List<PoisonCase> cases() throws IOException {
    return Stream.of(files(), weights(), models()).flatMap(List::stream).toList();
  }

  private List<PoisonCase> files() throws IOException {
    byte[] whole = Files.readAllBytes(model("one_tensor.pt"));
    Path truncated = Files.write(folder.resolve("truncated.pt"), half(whole));
    Path large = Files.write(folder.resolve("large.onnx"), new byte[MODEL_BYTES + 1]);
    return List.of(
        badModel("a missing file", folder.resolve("missing.pt"), "missing.pt cannot be fetched"),
        badModel("a truncated file", truncated, "cannot be loaded as TORCHSCRIPT"),
        badModel(
            "a zip that is no TorchScript",
            model("no_torchscript.pt"),
            "cannot be loaded as TORCHSCRIPT"),
        badModel(
            "an unsupported operator",
            model("unsupported_operator.onnx"),
            "cannot be loaded as ONNX",
            "Unheard"),
        badModel(
            "a model too big", large, "large.onnx has 100001 bytes; at most 100000 are loaded"),
        failed(
            "another format than the event says",
            List.of("cannot be loaded as TORCHSCRIPT"),
            List.of(
                publish.checkpoint(
                    checkpoint("another format than the event says", HEALTHY, model("tuple.onnx"))
                        .setModelFormat(ModelFormat.TORCHSCRIPT)))),
        failed(
            "another SHA-256 than the event says",
            List.of("has SHA-256 " + sha256(whole), "its event says " + "0".repeat(64)),
            List.of(
                publish.checkpoint(
                    checkpoint(
                            "another SHA-256 than the event says", HEALTHY, model("one_tensor.pt"))
                        .setModelSha256("0".repeat(64))))));
  }

  private List<PoisonCase> weights() throws IOException {
    byte[] whole = Files.readAllBytes(model("weights_a.safetensors"));
    Path truncated = Files.write(folder.resolve("truncated.safetensors"), half(whole));
    byte[] endless = whole.clone();
    Arrays.fill(endless, 0, Long.BYTES, (byte) 0x7F);
    Path hostile = Files.write(folder.resolve("hostile.safetensors"), endless);
    return List.of(
        badWeights(
            "weights of another model",
            "one_tensor.onnx",
            model("weights_a.safetensors"),
            "Not in the file: 1 of the graph's 4 (onnx::MatMul_13).",
            "Not in the graph: 11 of the file's 15 (batch.bias, "),
        badWeights(
            "a graph without the names of its weights",
            "weights_folded.onnx",
            model("weights_a.safetensors"),
            "onnx::MatMul_",
            "do_constant_folding=False"),
        badWeights(
            "weights that were cut off", "weights_graph.pt", truncated, "it was cut off, or more"),
        badWeights(
            "a hostile header of weights",
            "weights_graph.onnx",
            hostile,
            "its header is announced to take 9187201950435737471 bytes"),
        badWeights(
            "a pickled state_dict",
            "weights_graph.onnx",
            model("weights_a.pt"),
            "it is a zip archive, as torch.save writes them"),
        badWeights(
            "no file of weights",
            "weights_graph.pt",
            folder.resolve("missing.safetensors"),
            "The file of weights file:",
            "missing.safetensors cannot be fetched"),
        evaluated(
            "weights for a graph",
            List.of(
                withWeights(
                    "weights for a graph", "weights_graph.onnx", model("weights_b.safetensors")))));
  }

  private PoisonCase badWeights(String name, String graph, Path weights, String... sentences) {
    return failed(name, List.of(sentences), List.of(withWeights(name, graph, weights)));
  }

  private ProducerRecord<byte[], byte[]> withWeights(String name, String graph, Path weights) {
    return publish.checkpoint(
        checkpoint(name, HEALTHY, model(graph)).setWeightsUri(weights.toUri().toString()));
  }

  private List<PoisonCase> models() {
    byte[] busy = noise(8, 800);
    ByteBuffer.wrap(busy).order(ByteOrder.LITTLE_ENDIAN).putShort(BUSY_ROUNDS);
    List<ProducerRecord<byte[], byte[]>> slow = new ArrayList<>(publish.corpus("slow", busy));
    slow.add(
        publish.checkpoint(checkpoint("a model above its time limit", "slow", model("busy.pt"))));
    return List.of(
        badModel("another input rank", model("wants_channels.pt"), "The model failed on"),
        badModel("an output of rank 1", model("rank_1.pt"), "Layer 0 of the model has shape [8]"),
        badModel(
            "another dimension in layer 1",
            model("other_dimensions.pt"),
            "Layer 1 of the model has dimension 6 where layer 0 has 8"),
        badModel(
            "NaN in the output",
            model("not_a_number.pt"),
            "In layer 0 of the model: Utterance speech_",
            "holds NaN"),
        badModel(
            "infinity in the output",
            model("infinite.pt"),
            "In layer 1 of the model: Utterance speech_",
            "frame 3 holds"),
        badModel(
            "an output too big",
            model("enormous.pt"),
            "take",
            "bytes, and half of the Java process' memory"),
        badModel("text as output", model("text.pt"), "its output 0 is of type string"),
        badModel("layers in a dict", model("dictionary.pt"), "layer_2, whose order is lost"),
        badModel("dropout left on", model("dropout_on.pt"), "after model.eval()."),
        badModel("no frame at all", model("no_frames.pt"), "no frame for any of the 12 utterances"),
        badModel(
            "a model that throws on one length",
            model("refuses_one_length.pt"),
            "Embedding speech_",
            "1120 samples",
            "this length is refused"),
        evaluated(
            "frames of one dimension",
            List.of(
                publish.checkpoint(
                    checkpoint("frames of one dimension", HEALTHY, model("dimension_1.pt"))))),
        failed(
            "a model above its time limit",
            List.of(
                "Embedding speech_0 of corpus slow failed",
                "did not finish 1 x 800 samples within PT15S"),
            slow));
  }

  private PoisonCase badModel(String name, Path model, String... sentences) {
    return failed(
        name, List.of(sentences), List.of(publish.checkpoint(checkpoint(name, HEALTHY, model))));
  }
}
