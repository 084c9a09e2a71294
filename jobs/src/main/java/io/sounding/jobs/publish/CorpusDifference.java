package io.sounding.jobs.publish;

import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.SealedUtterance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** In what two manifests differ, for people. */
final class CorpusDifference {

  private static final int NAMES_TOLD = 3;

  private CorpusDifference() {}

  /** In words, such as "2 utterances are new (a, b), 1 is missing (c)"; blank if in nothing. */
  static String between(CorpusSealed before, CorpusSealed now) {
    Map<String, SealedUtterance> old = byId(before);
    Map<String, SealedUtterance> given = byId(now);
    List<String> parts = new ArrayList<>();
    tell("new", given.keySet().stream().filter(id -> !old.containsKey(id)).toList(), parts);
    tell("missing", old.keySet().stream().filter(id -> !given.containsKey(id)).toList(), parts);
    tell(
        "changed",
        given.keySet().stream()
            .filter(old::containsKey)
            .filter(id -> !given.get(id).equals(old.get(id)))
            .toList(),
        parts);
    return String.join(", ", parts);
  }

  private static Map<String, SealedUtterance> byId(CorpusSealed manifest) {
    return manifest.getUtterances().stream()
        .collect(Collectors.toMap(SealedUtterance::getUtteranceId, Function.identity()));
  }

  private static void tell(String what, List<String> ids, List<String> parts) {
    if (!ids.isEmpty()) {
      String names = ids.stream().sorted().limit(NAMES_TOLD).collect(Collectors.joining(", "));
      parts.add(
          "%d %s %s (%s%s)"
              .formatted(
                  ids.size(),
                  ids.size() == 1 ? "utterance is" : "utterances are",
                  what,
                  names,
                  ids.size() > NAMES_TOLD ? ", ..." : ""));
    }
  }
}
