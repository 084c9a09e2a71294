package io.sounding.tests.speed.waiting;

import ai.djl.BaseModel;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model whose file is three numbers, separated by blanks: how many seconds of audio it takes in a
 * second of wall time, the dimension of its frames, and a seed.
 */
final class WaitingModel extends BaseModel {

  WaitingModel(String name, NDManager manager) {
    super(name);
    this.manager = manager;
    this.dataType = DataType.FLOAT32;
  }

  @Override
  public void load(Path path, String prefix, Map<String, ?> options) throws IOException {
    setModelDir(path);
    String[] words = Files.readString(path).trim().split("\\s+");
    setBlock(
        new WaitingBlock(
            Double.parseDouble(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2])));
    wasLoaded = true;
  }
}
