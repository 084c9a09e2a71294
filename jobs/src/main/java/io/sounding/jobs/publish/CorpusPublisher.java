package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Publishes audio files as a corpus: the chunks of every utterance, then the manifest; into a topic
 * of which nothing is known. {@link CorpusUpload} is for one that may have some of it already.
 */
public final class CorpusPublisher {

  private final CheckedSends sends;
  private final String topic;

  public CorpusPublisher(Producer<byte[], byte[]> producer, String topic) {
    this.sends = new CheckedSends(producer);
    this.topic = topic;
  }

  /**
   * What was published.
   *
   * @param utterances number of utterances
   * @param audioSeconds their audio, seconds
   */
  public record Published(int utterances, double audioSeconds) {}

  /**
   * Publishes the files in this order, then seals the corpus.
   *
   * @throws UnusableInputException if a file cannot be read, or there are too many for a manifest;
   *     then the corpus is not sealed
   */
  public Published publish(String corpusId, List<AudioFiles.AudioFilePath> files)
      throws UnusableInputException {
    long manifestBytes = CorpusUpload.manifestBytes(files);
    if (manifestBytes > CorpusUpload.MANIFEST_BYTES) {
      throw new UnusableInputException(
          Path.of(corpusId),
          "has %d utterances, whose manifest of %d bytes does not fit into a Kafka record of %d"
              .formatted(files.size(), manifestBytes, CorpusUpload.MANIFEST_BYTES),
          "evaluate on fewer or longer ones");
    }
    List<SealedUtterance> sealed = new ArrayList<>();
    double seconds = 0;
    for (AudioFiles.AudioFilePath file : files) {
      UtteranceChunks utterance = UtteranceChunks.of(corpusId, file);
      for (int index = 0; index < utterance.count(); index++) {
        sends.send(record(topic, utterance.chunk(index)));
      }
      sealed.add(utterance.sealed());
      seconds += utterance.audioSeconds();
    }
    CorpusSealed manifest = manifest(corpusId, sealed);
    sends.flush(); // a corpus is sealed only when all of it is there
    sends.send(record(topic, manifest));
    sends.flush();
    return new Published(sealed.size(), seconds);
  }

  /** The manifest of these utterances, in any order. */
  static CorpusSealed manifest(String corpusId, List<SealedUtterance> utterances) {
    List<SealedUtterance> inOrder =
        utterances.stream().sorted(Comparator.comparing(SealedUtterance::getUtteranceId)).toList();
    return new CorpusSealed(corpusId, inOrder, CorpusDigest.of(inOrder), Instant.now());
  }

  static ProducerRecord<byte[], byte[]> record(String topic, AudioChunk chunk) {
    return new ProducerRecord<>(topic, RecordKeys.of(chunk), SingleObjectCodec.encode(chunk));
  }

  static ProducerRecord<byte[], byte[]> record(String topic, CorpusSealed manifest) {
    return new ProducerRecord<>(topic, RecordKeys.of(manifest), SingleObjectCodec.encode(manifest));
  }
}
