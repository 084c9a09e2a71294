package io.sounding.tests.speed.throughput;

import io.sounding.jobs.publish.AudioFile;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.AudioFiles.AudioFilePath;
import io.sounding.jobs.publish.DecodedAudio;
import io.sounding.operators.assemble.Utterance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Audio files as utterances.
 *
 * @param files the utterances; a file may be several of them
 * @param seconds their audio, s
 */
record Speech(List<AudioFilePath> files, double seconds) {

  /**
   * The first utterances of a folder, by id, until they last so long; if there is too little, all
   * of them again under other ids.
   */
  static Speech of(Path folder, double wantedSeconds) throws IOException {
    List<AudioFilePath> all = AudioFiles.list(List.of(folder));
    List<Double> lengths = new ArrayList<>();
    List<AudioFilePath> taken = new ArrayList<>();
    double seconds = 0;
    for (int i = 0; seconds < wantedSeconds; i++) {
      AudioFilePath file = all.get(i % all.size());
      if (i < all.size()) {
        lengths.add(AudioFile.read(file.path()).durationSeconds());
      }
      taken.add(new AudioFilePath(file.utteranceId() + "-" + i / all.size(), file.path()));
      seconds += lengths.get(i % all.size());
    }
    return new Speech(List.copyOf(taken), seconds);
  }

  /** The same so many times under other ids. */
  Speech times(int copies) {
    List<AudioFilePath> copied = new ArrayList<>();
    for (int copy = 0; copy < copies; copy++) {
      for (AudioFilePath file : files) {
        copied.add(new AudioFilePath(file.utteranceId() + "-copy" + copy, file.path()));
      }
    }
    return new Speech(List.copyOf(copied), copies * seconds);
  }

  /** All of it, decoded. */
  List<Utterance> utterances() throws IOException {
    List<Utterance> utterances = new ArrayList<>();
    for (AudioFilePath file : files) {
      DecodedAudio audio = read(file);
      utterances.add(
          new Utterance(
              "speech",
              file.utteranceId(),
              audio.sampleRateHz(),
              audio.channels(),
              audio.encoding(),
              audio.interleavedPcm(),
              ""));
    }
    return utterances;
  }

  /** Decodes a file. */
  static DecodedAudio read(AudioFilePath file) throws IOException {
    return AudioFile.read(file.path());
  }
}
