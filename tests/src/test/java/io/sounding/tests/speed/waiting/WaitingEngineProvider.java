package io.sounding.tests.speed.waiting;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/**
 * Stands in for DJL's engine of ONNX Runtime in processes whose class path names it as a service
 * and leaves the real one out.
 */
public final class WaitingEngineProvider implements EngineProvider {

  private static final class Only {
    private static final Engine ENGINE = new WaitingEngine();
  }

  @Override
  public String getEngineName() {
    return WaitingEngine.NAME;
  }

  @Override
  public int getEngineRank() {
    return WaitingEngine.RANK;
  }

  @Override
  public Engine getEngine() {
    return Only.ENGINE;
  }
}
