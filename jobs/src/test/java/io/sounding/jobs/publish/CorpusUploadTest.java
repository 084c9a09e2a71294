package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.kafka.KafkaUnavailableException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CorpusUploadTest {

  @Test
  void aProducerThatCanGoOnNoMoreIsToldByItsReason() {
    TimeoutException expired = new TimeoutException("Expiring 3 record(s) for t-0");

    assertThat(
            CorpusUpload.sentence(
                new KafkaException(
                    "Cannot execute transactional method because we are in an error state",
                    expired)))
        .isEqualTo("Expiring 3 record(s) for t-0. Call it again when that is mended.");
    assertThat(CorpusUpload.sentence(new TimeoutException("It timed out.")))
        .isEqualTo("It timed out. Call it again when that is mended.");
    assertThat(CorpusUpload.sentence(new KafkaUnavailableException("It went. Start it.", expired)))
        .isEqualTo("It went. Start it.");
  }

  @Test
  void anExceptionWithoutWordsIsToldByItsName() {
    assertThat(CorpusUpload.sentence(new KafkaException((String) null)))
        .isEqualTo("org.apache.kafka.common.KafkaException. Call it again when that is mended.");
  }
}
