package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * What the topic of audio holds of one corpus: its manifest, and of every chunk the SHA-256. Where
 * records contradict each other the first one counts, as in the job. Not thread-safe.
 */
final class PublishedAudio {

  /** How much of an utterance is there. */
  enum Presence {
    /** No chunk, or not every one. */
    INCOMPLETE,
    /** Every chunk. */
    COMPLETE,
    /** Chunks of other audio. */
    OTHER
  }

  private record Form(int chunks, int sampleRateHz, int channels, PcmEncoding encoding) {
    static Form of(AudioChunk chunk) {
      return new Form(
          chunk.getChunkCount(), chunk.getSampleRateHz(), chunk.getChannels(), chunk.getEncoding());
    }
  }

  private record Utterance(Form form, Map<Integer, byte[]> digests) {}

  private final String corpusId;
  private final Map<String, Utterance> utterances = new TreeMap<>();
  private CorpusSealed manifest;

  PublishedAudio(String corpusId) {
    this.corpusId = corpusId;
  }

  /**
   * Takes note of a record; those of other corpora, and those that the job refuses, do not count.
   */
  void take(SpecificRecordBase record) {
    if (record instanceof CorpusSealed sealed) {
      if (manifest == null && sealed.getCorpusId().equals(corpusId)) {
        manifest = sealed;
      }
    } else if (record instanceof AudioChunk chunk
        && chunk.getCorpusId().equals(corpusId)
        && chunk.getChunkIndex() >= 0
        && chunk.getChunkIndex() < chunk.getChunkCount()) {
      Utterance utterance =
          utterances.computeIfAbsent(
              chunk.getUtteranceId(), id -> new Utterance(Form.of(chunk), new TreeMap<>()));
      if (utterance.form().equals(Form.of(chunk))) {
        utterance.digests().putIfAbsent(chunk.getChunkIndex(), digest(chunk));
      }
    }
  }

  /** The manifest, if the corpus is sealed. */
  Optional<CorpusSealed> manifest() {
    return Optional.ofNullable(manifest);
  }

  /** How much of this utterance is there. */
  Presence presence(UtteranceChunks wanted) {
    Utterance there = utterances.get(wanted.utteranceId());
    if (there == null) {
      return Presence.INCOMPLETE;
    } else if (!there.form().equals(Form.of(wanted.chunk(0)))) {
      return Presence.OTHER;
    }
    for (Map.Entry<Integer, byte[]> chunk : there.digests().entrySet()) {
      if (!Arrays.equals(chunk.getValue(), digest(wanted.chunk(chunk.getKey())))) {
        return Presence.OTHER;
      }
    }
    return there.digests().size() == wanted.count() ? Presence.COMPLETE : Presence.INCOMPLETE;
  }

  /** The utterances that are there, whole or in part, beside these. */
  Set<String> beside(Set<String> utteranceIds) {
    Set<String> others = new TreeSet<>(utterances.keySet());
    others.removeAll(utteranceIds);
    return others;
  }

  private static byte[] digest(AudioChunk chunk) {
    MessageDigest sha256 = Sha256.start();
    sha256.update(chunk.getPcm().duplicate());
    return sha256.digest();
  }
}
