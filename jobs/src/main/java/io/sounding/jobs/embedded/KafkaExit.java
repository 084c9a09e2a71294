package io.sounding.jobs.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;

/**
 * What comes of it when the embedded broker cannot go on: Kafka would end the process without a
 * word.
 */
public final class KafkaExit {

  private static volatile Consumer<String> told =
      sentence -> {
        throw new EmbeddedException(sentence);
      };

  private KafkaExit() {}

  /**
   * Has a sentence told, by whichever thread of Kafka's noticed it; until this is called, that
   * thread alone ends.
   */
  public static void tell(Consumer<String> whom) {
    told = whom;
  }

  /** Of the broker that is started next. */
  static void guard(Path log) {
    Exit.Procedure instead = (status, message) -> told.accept(sentence(log));
    Exit.setExitProcedure(instead);
    Exit.setHaltProcedure(instead);
  }

  private static String sentence(Path log) {
    return "Kafka could not write to %s (is the disk full? %s), and everything ends. Make room there, or name another folder, and start again."
        .formatted(log, free(log));
  }

  private static String free(Path log) {
    try {
      return "%d MB are free".formatted(Files.getFileStore(log).getUsableSpace() >> 20);
    } catch (IOException e) {
      return "it cannot be looked at: " + EmbeddedException.reason(e);
    }
  }
}
