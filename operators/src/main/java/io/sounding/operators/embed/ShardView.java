package io.sounding.operators.embed;

import io.sounding.operators.assemble.Utterance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is there of each corpus in one shard: a small in-memory view of {@link ShardState}, with the
 * audio's digests instead of the audio.
 */
final class ShardView {

  /** An utterance that was there before its corpus was sealed without it. */
  record Refused(String utteranceId, String sentence) {}

  private static final class Corpus {
    private final Map<String, String> sha256Of = new HashMap<>();
    private ShardManifest manifest;
  }

  private final int key;
  private final Map<String, Corpus> corpora = new HashMap<>();

  ShardView(int key) {
    this.key = key;
  }

  /** The Flink key that stands for the shard. */
  int key() {
    return key;
  }

  boolean isNew(Utterance utterance) {
    Corpus corpus = corpora.get(utterance.corpusId());
    return corpus == null || !corpus.sha256Of.containsKey(utterance.utteranceId());
  }

  void add(Utterance utterance) {
    add(utterance.corpusId(), utterance.utteranceId(), utterance.sha256());
  }

  void add(String corpusId, String utteranceId, String sha256) {
    corpora.computeIfAbsent(corpusId, id -> new Corpus()).sha256Of.put(utteranceId, sha256);
  }

  /** Why the utterance cannot be taken, a sentence; null if it can. */
  String rejects(Utterance utterance) {
    Corpus corpus = corpora.get(utterance.corpusId());
    if (corpus == null) {
      return null;
    }
    String known = corpus.sha256Of.get(utterance.utteranceId());
    if (known != null && !known.equals(utterance.sha256())) {
      return "Utterance %s of corpus %s came before with other audio (SHA-256 %s, now %s). Publish it under another id."
          .formatted(utterance.utteranceId(), utterance.corpusId(), known, utterance.sha256());
    }
    return corpus.manifest == null
        ? null
        : contradiction(corpus.manifest, utterance.utteranceId(), utterance.sha256());
  }

  /**
   * Takes the manifest.
   *
   * @return the utterances that are there but that it does not name, or names with other audio;
   *     they are taken out
   */
  List<Refused> seal(ShardManifest manifest) {
    Corpus corpus = corpora.computeIfAbsent(manifest.corpusId(), id -> new Corpus());
    corpus.manifest = manifest;
    List<Refused> refused = new ArrayList<>();
    corpus.sha256Of.forEach(
        (utteranceId, sha256) -> {
          String sentence = contradiction(manifest, utteranceId, sha256);
          if (sentence != null) {
            refused.add(new Refused(utteranceId, sentence));
          }
        });
    refused.forEach(r -> corpus.sha256Of.remove(r.utteranceId()));
    return refused;
  }

  private static String contradiction(ShardManifest manifest, String utteranceId, String sha256) {
    int index = manifest.indexOf(utteranceId);
    if (index < 0) {
      return "Utterance %s is not in the manifest of corpus %s, which is sealed. Publish it in another corpus."
          .formatted(utteranceId, manifest.corpusId());
    }
    if (!manifest.sha256s()[index].equals(sha256)) {
      return "Utterance %s has SHA-256 %s, but the manifest of corpus %s says %s. Publish the corpus under another name."
          .formatted(utteranceId, sha256, manifest.corpusId(), manifest.sha256s()[index]);
    }
    return null;
  }

  /** Whether the corpus is sealed and all its audio of this shard is there. */
  boolean isComplete(String corpusId) {
    Corpus corpus = corpora.get(corpusId);
    return corpus != null
        && corpus.manifest != null
        && corpus.sha256Of.size() == corpus.manifest.utteranceIds().length;
  }

  /** The shard's part of the manifest of a corpus that is complete. */
  ShardManifest manifest(String corpusId) {
    return corpora.get(corpusId).manifest;
  }

  /** What the corpus lacks, a sentence. */
  String missing(String corpusId) {
    Corpus corpus = corpora.get(corpusId);
    if (corpus == null || corpus.manifest == null) {
      return "Corpus %s is not sealed. Publish its audio and its manifest, then the checkpoint again with a higher attempt."
          .formatted(corpusId);
    }
    List<String> absent =
        Arrays.stream(corpus.manifest.utteranceIds())
            .filter(id -> !corpus.sha256Of.containsKey(id))
            .sorted()
            .toList();
    return "Of the utterances of corpus %s in one shard %d are missing, among them %s. Publish its audio again, then the checkpoint with a higher attempt."
        .formatted(corpusId, absent.size(), absent.get(0));
  }
}
