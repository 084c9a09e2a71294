package io.sounding.operators.embed;

import ai.djl.Device;
import io.sounding.schemas.ModelFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The graphs of this process that checkpoints share, the last used of them. Another job in this
 * process may trust other files, so what one has loaded is not given to the other.
 */
final class SharedGraphs {

  /** Graphs kept: more runs than that which take turns load theirs again. */
  private static final int MOST = 2;

  /**
   * Names a graph.
   *
   * @param sha256 of the file, whether or not the event says it
   */
  record Key(
      String uri,
      String sha256,
      ModelFormat format,
      int threads,
      Device device,
      TrustedArtifacts trusted) {}

  private final Map<Key, SharedGraph> graphs = new LinkedHashMap<>(16, 0.75f, true);

  /** The graph of this name, if it is loaded. */
  synchronized Optional<SharedGraph> find(Key key) {
    return Optional.ofNullable(graphs.get(key));
  }

  /** Keeps a graph that was loaded; the one to use, if another thread was faster. */
  synchronized SharedGraph keep(Key key, SharedGraph loaded) {
    SharedGraph earlier = graphs.putIfAbsent(key, loaded);
    if (earlier != null) {
      loaded.close();
      return earlier;
    }
    if (graphs.size() > MOST) {
      var oldest = graphs.entrySet().iterator();
      SharedGraph given = oldest.next().getValue();
      oldest.remove();
      given.close();
    }
    return loaded;
  }

  /** Keeps none any longer. */
  synchronized void clear() {
    graphs.values().forEach(SharedGraph::close);
    graphs.clear();
  }
}
