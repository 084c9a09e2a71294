package io.sounding.operators.embed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the tensors of a file are those of a graph: each must be in both, by name, and of one
 * shape. Floating-point types may differ, since they are converted; tensors of whole numbers and
 * truth values are no weights and are not compared (see {@link ElementType}).
 */
final class WeightsFit {

  /** Enough to see what went wrong; thousands of names would not fit a Kafka record. */
  private static final int NAMES_TOLD = 20;

  private static final int CHARACTERS_TOLD = 120;

  private static final String SAME_MODEL =
      "Save the state_dict of the model that the graph was exported from.";

  private final Map<String, TensorForm> graph;
  private final Map<String, TensorForm> file;

  private WeightsFit(Map<String, TensorForm> graph, Map<String, TensorForm> file) {
    this.graph = graph;
    this.file = file;
  }

  /**
   * Refuses tensors that do not fit.
   *
   * @param graph the weights of the graph by name
   * @param file the tensors of the file by name
   * @param export what to mind when exporting a graph, as a sentence; said where names differ
   * @throws EncodingException with the tensors that do not fit
   */
  static void check(Map<String, TensorForm> graph, Map<String, StoredTensor> file, String export)
      throws EncodingException {
    Map<String, TensorForm> stored = new TreeMap<>();
    file.forEach((name, tensor) -> stored.put(name, tensor.form()));
    new WeightsFit(new TreeMap<>(graph), stored).check(export);
  }

  private void check(String export) throws EncodingException {
    List<String> missing =
        graph.keySet().stream()
            .filter(name -> !file.containsKey(name))
            .map(WeightsFit::told)
            .toList();
    List<String> unknown =
        file.keySet().stream()
            .filter(name -> file.get(name).type().isFloating() && !graph.containsKey(name))
            .map(WeightsFit::told)
            .toList();
    List<String> other =
        graph.keySet().stream()
            .filter(name -> file.containsKey(name) && differs(name))
            .map(this::difference)
            .toList();
    if (missing.isEmpty() && unknown.isEmpty() && other.isEmpty()) {
      return;
    }
    List<String> faults = new ArrayList<>();
    tell("Not in the file: %d of the graph's " + graph.size(), missing, faults);
    tell("Not in the graph: %d of the file's " + file.size(), unknown, faults);
    tell("Of another shape or type: %d", other, faults);
    boolean namesDiffer = !missing.isEmpty() || !unknown.isEmpty();
    throw new EncodingException(
        "The weights do not fit the graph. %s %s"
            .formatted(
                String.join(" ", faults),
                namesDiffer ? prefix().orElse(SAME_MODEL + " " + export) : SAME_MODEL));
  }

  private boolean differs(String name) {
    TensorForm stored = file.get(name);
    return !stored.shape().equals(graph.get(name).shape()) || !stored.type().isFloating();
  }

  private String difference(String name) {
    return "%s: %s %s in the graph, %s %s in the file"
        .formatted(
            told(name),
            graph.get(name).type(),
            graph.get(name).shape(),
            file.get(name).type(),
            file.get(name).shape());
  }

  private static void tell(String what, List<String> names, List<String> faults) {
    if (!names.isEmpty()) {
      int more = names.size() - NAMES_TOLD;
      faults.add(
          what.formatted(names.size())
              + names.stream().limit(NAMES_TOLD).collect(Collectors.joining(", ", " (", ""))
              + (more > 0 ? " and %d more).".formatted(more) : ")."));
    }
  }

  /** The prefix that the names of one side have in addition, if that is all; as a sentence. */
  private Optional<String> prefix() {
    return Stream.of(
            added(graph, file)
                .map(
                    prefix ->
                        "Every name of the graph begins with '%s', and those of the file do not: export the graph from the module whose state_dict is saved."
                            .formatted(told(prefix))),
            added(file, graph)
                .map(
                    prefix ->
                        "Every name of the file begins with '%s', and those of the graph do not: save the state_dict of the module that the graph was exported from."
                            .formatted(told(prefix))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> added(
      Map<String, TensorForm> longer, Map<String, TensorForm> shorter) {
    if (longer.isEmpty() || shorter.isEmpty()) {
      return Optional.empty();
    }
    String first = longer.keySet().iterator().next();
    return shorter.keySet().stream()
        .filter(name -> first.endsWith("." + name))
        .map(name -> first.substring(0, first.length() - name.length()))
        .filter(
            prefix ->
                longer.keySet().stream()
                    .allMatch(
                        name ->
                            name.startsWith(prefix)
                                && shorter.containsKey(name.substring(prefix.length()))))
        .findFirst();
  }

  /** A name as a message may hold it: printable, and not too long. */
  static String told(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return printable.length() > CHARACTERS_TOLD
        ? printable.substring(0, CHARACTERS_TOLD) + "..."
        : printable;
  }
}
