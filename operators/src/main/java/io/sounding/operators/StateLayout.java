package io.sounding.operators;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;

/**
 * The layout of a stage's state, as a number that lies in the savepoint beside the state. Whatever
 * changes the meaning of the state raises it, and the stage keeps a reader of each layout ever
 * released; which states there are and what they mean stands in the Javadoc of the stage's class.
 *
 * @param stage the uid of the stage
 * @param version the layout that it writes, 1 or more
 */
public record StateLayout(String stage, int version) implements Serializable {

  /** The list state that holds the number, the same in all subtasks. */
  private static final ListStateDescriptor<Integer> VERSION =
      new ListStateDescriptor<>("state-layout", Integer.class);

  /**
   * Has {@link #version} written with the next savepoint.
   *
   * @return the layout of the state that is restored, 1 to {@link #version}; without any, {@link
   *     #version}
   * @throws UnusableStateException if a later version of the program wrote it
   */
  public int restored(OperatorStateStore store) throws Exception {
    ListState<Integer> saved = store.getUnionListState(VERSION);
    int restored = version;
    for (int found : saved.get()) {
      if (found < 1 || found > version) {
        throw new UnusableStateException(
            "The savepoint holds the state of stage '%s' in layout %d, and this version of Sounding reads layouts up to %d. Start the job with the version that took the savepoint or a later one, or without the savepoint."
                .formatted(stage, found, version));
      }
      restored = Math.min(restored, found);
    }
    saved.update(List.of(version));
    return restored;
  }
}
