package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Brings a corpus into Kafka, whatever is there already: what an earlier upload left is not sent
 * again, a sealed corpus is never changed, and of two uploads at once the later one goes on.
 *
 * <p>Chunks travel in transactions that end with utterances, but for those of more than 64 MB or 20
 * seconds, so that few half utterances are ever read, and none is left for good: an upload that is
 * called again completes them. The transactional id is that of the corpus, so that a second upload
 * ends the first before it looks at what is there. The manifest is the last record: until it is
 * there, nothing of the corpus counts.
 */
public final class CorpusUpload {

  /** Avro's lengths, numbers and the digest beside an utterance's id in the manifest, bytes. */
  private static final int MANIFEST_LINE_BYTES = 2 + 10 + 5 + 2 + 64;

  /** What fits into a record of Kafka's default limits. */
  static final int MANIFEST_BYTES = 1_000_000;

  private static final Duration CLOSING_LIMIT = Duration.ofSeconds(5);

  /** Takes note of how far it is. */
  public interface Progress {

    /**
     * Called after every file.
     *
     * @param files files that were read
     * @param audioSeconds their audio, seconds
     * @param sentBytes bytes sent, of those that were not in Kafka
     */
    void at(int files, double audioSeconds, long sentBytes);
  }

  /**
   * What is in Kafka now.
   *
   * @param utterances number of utterances
   * @param audioSeconds their audio, seconds
   * @param digest names their content
   * @param sentUtterances utterances that were sent; the others were there before
   * @param sentBytes bytes of those
   * @param sealedBefore whether the corpus had been sealed before
   * @param besides utterances of the corpus that are there but not in its manifest: an earlier
   *     upload's, which do not count
   */
  public record Outcome(
      int utterances,
      double audioSeconds,
      String digest,
      int sentUtterances,
      long sentBytes,
      boolean sealedBefore,
      Set<String> besides) {}

  private final KafkaClients kafka;
  private final String corpusId;
  private final List<AudioFiles.AudioFilePath> files;
  private final Progress progress;
  private final List<SealedUtterance> sealed = new ArrayList<>();
  private double audioSeconds;

  private CorpusUpload(
      KafkaClients kafka,
      String corpusId,
      List<AudioFiles.AudioFilePath> files,
      Progress progress) {
    this.kafka = kafka;
    this.corpusId = corpusId;
    this.files = files;
    this.progress = progress;
  }

  /**
   * Publishes the files, and seals the corpus unless it is sealed.
   *
   * @throws UnusableInputException if a file cannot be read, or Kafka holds other audio of the
   *     corpus; it is not sealed then, or stays as it was
   * @throws KafkaUnavailableException if Kafka does not answer in time, or another upload of the
   *     corpus began meanwhile; what was sent is not sent again the next time
   */
  public static Outcome publish(
      KafkaClients kafka, String corpusId, List<AudioFiles.AudioFilePath> files, Progress progress)
      throws UnusableInputException {
    SingleObjectCodec.initialise();
    kafka.require(kafka.topics().audio());
    CorpusUpload upload = new CorpusUpload(kafka, corpusId, files, progress);
    upload.checkManifestSize();
    KafkaProducer<byte[], byte[]> producer =
        kafka.transactionalProducer("sounding-corpus-" + corpusId);
    try {
      return upload.run(producer);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | KafkaUnavailableException e) {
      if (isFenced(e) || isFenced(e.getCause())) {
        throw new KafkaUnavailableException(
            "Another upload of corpus %s began after this one, which therefore ends; the other one goes on. If there is no other, Kafka took a pause of this one for its end: call it again."
                .formatted(corpusId),
            e);
      }
      if (reason(e) instanceof RecordTooLargeException tooLarge) {
        throw CheckedSends.refused(tooLarge);
      }
      throw new KafkaUnavailableException(
          "The audio of corpus %s did not get to Kafka at %s: %s What Kafka has is not sent again the next time."
              .formatted(corpusId, kafka.bootstrapServers(), sentence(e)),
          e);
    } finally {
      producer.close(CLOSING_LIMIT);
    }
  }

  /** Why a producer can go on no more, of its saying that it cannot. */
  private static Throwable reason(RuntimeException e) {
    return e instanceof KafkaException && e.getCause() instanceof KafkaException ? e.getCause() : e;
  }

  static String sentence(RuntimeException e) {
    if (e instanceof KafkaUnavailableException) {
      return e.getMessage();
    }
    Throwable reason = reason(e);
    String words = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    return words.replaceFirst("\\.?$", ". Call it again when that is mended.");
  }

  private static boolean isFenced(Throwable e) {
    return e instanceof ProducerFencedException
        || e instanceof InvalidProducerEpochException
        || e instanceof InvalidPidMappingException;
  }

  private Outcome run(KafkaProducer<byte[], byte[]> producer) throws UnusableInputException {
    producer.initTransactions();
    PublishedAudio there = new PublishedAudio(corpusId);
    try (CommittedRecords<SpecificRecordBase> audio =
        new CommittedRecords<>(
            kafka,
            kafka.topics().audio(),
            SpecificRecordBase.class,
            AudioChunk.getClassSchema(),
            CorpusSealed.getClassSchema())) {
      audio.toEnd(there::take);
    }
    AudioTransactions transactions =
        new AudioTransactions(producer, kafka.topics().audio(), System::nanoTime);
    CorpusSealed before = there.manifest().orElse(null);
    List<AudioFiles.AudioFilePath> lacking = new ArrayList<>();
    try {
      for (AudioFiles.AudioFilePath file : files) {
        UtteranceChunks utterance = read(file);
        sealed.add(utterance.sealed());
        audioSeconds += utterance.audioSeconds();
        PublishedAudio.Presence presence = there.presence(utterance);
        if (before == null) {
          bring(utterance, presence, transactions);
        } else if (presence == PublishedAudio.Presence.INCOMPLETE) {
          lacking.add(file); // sent once it is certain that the content is the sealed one
        }
        transactions.commitIfOld();
        progress.at(sealed.size(), audioSeconds, transactions.sentBytes());
      }
      CorpusSealed manifest = CorpusPublisher.manifest(corpusId, sealed);
      if (before != null) {
        checkUnchanged(before, manifest);
        for (AudioFiles.AudioFilePath file : lacking) {
          transactions.send(read(file));
        }
      }
      transactions.commit();
      if (before == null) {
        transactions.send(manifest);
      }
      return outcome(manifest, before != null, transactions, there);
    } catch (UnusableInputException e) {
      transactions.abort();
      throw e;
    }
  }

  private UtteranceChunks read(AudioFiles.AudioFilePath file) throws UnusableInputException {
    return UtteranceChunks.of(corpusId, file);
  }

  private void bring(
      UtteranceChunks utterance, PublishedAudio.Presence presence, AudioTransactions transactions)
      throws UnusableInputException {
    if (presence == PublishedAudio.Presence.OTHER) {
      throw new UnusableInputException(
          Path.of(utterance.utteranceId()),
          "is in Kafka with other audio, of an upload of corpus %s that was not finished"
              .formatted(corpusId),
          "publish the audio under another corpus name, or finish that upload with its audio");
    } else if (presence == PublishedAudio.Presence.INCOMPLETE) {
      transactions.send(utterance);
    }
  }

  private void checkUnchanged(CorpusSealed before, CorpusSealed now) throws UnusableInputException {
    if (!before.getDigest().equals(now.getDigest())) {
      throw new UnusableInputException(
          Path.of(corpusId),
          "is a corpus that was sealed on %s with other content: %s"
              .formatted(before.getSealedAt(), CorpusDifference.between(before, now)),
          "publish this audio under another corpus name");
    }
  }

  /** How many bytes a corpus' manifest has at most. */
  static long manifestBytes(List<AudioFiles.AudioFilePath> files) {
    return files.stream()
        .mapToLong(
            file ->
                MANIFEST_LINE_BYTES + file.utteranceId().getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  private void checkManifestSize() throws UnusableInputException {
    long bytes = manifestBytes(files);
    Object limit =
        kafka.settings().getOrDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MANIFEST_BYTES);
    if (bytes > Long.parseLong(limit.toString())) {
      throw new UnusableInputException(
          Path.of(corpusId),
          "has %d utterances, whose manifest of %d bytes does not fit into a Kafka record of %s"
              .formatted(files.size(), bytes, limit),
          "publish it as several corpora, or raise max.request.size (--kafka-properties) and the topic's max.message.bytes");
    }
  }

  private Outcome outcome(
      CorpusSealed manifest, boolean before, AudioTransactions transactions, PublishedAudio there) {
    Set<String> named =
        files.stream().map(AudioFiles.AudioFilePath::utteranceId).collect(Collectors.toSet());
    return new Outcome(
        sealed.size(),
        audioSeconds,
        manifest.getDigest(),
        transactions.sentUtterances(),
        transactions.sentBytes(),
        before,
        there.beside(named));
  }
}
