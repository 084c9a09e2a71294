package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlarmLogTest {

  private final AlarmLog log = new AlarmLog(3);

  private void add(String key, AlarmState state, long step) {
    AlarmEvent event = Events.alarm(state, "a", step, 0).build();
    log.add(key, event);
  }

  private List<String> all() {
    return log.all().stream()
        .map(alarm -> alarm.event().getStep() + (alarm.open() ? " open" : ""))
        .toList();
  }

  @Test
  void anAlarmIsOpenUntilItIsClearedAndRaisedAgainItIsCorrected() {
    add("x", AlarmState.RAISED, 1);
    add("y", AlarmState.RAISED, 2);
    assertThat(all()).containsExactly("1 open", "2 open");
    assertThat(log.openByRun()).isEqualTo(Map.of("a", 2));

    add("x", AlarmState.RAISED, 3);
    assertThat(all()).containsExactly("2 open", "3 open");
    assertThat(log.openByRun()).isEqualTo(Map.of("a", 2));

    log.remove("y");
    add("x", AlarmState.CLEARED, 4);
    assertThat(all()).containsExactly("3", "4");
    assertThat(log.openByRun()).isEmpty();

    add("x", AlarmState.RAISED, 5);
    assertThat(all()).containsExactly("3", "4", "5 open");
  }

  @Test
  void beyondItsLimitTheOldestGoesThatIsNotOpen() {
    add("x", AlarmState.RAISED, 1);
    add("y", AlarmState.RAISED, 2);
    add("y", AlarmState.CLEARED, 3);
    add("z", AlarmState.RAISED, 4);
    assertThat(all()).containsExactly("1 open", "3", "4 open");

    add("u", AlarmState.RAISED, 5);
    add("v", AlarmState.RAISED, 6);
    assertThat(all()).containsExactly("4 open", "5 open", "6 open");
    assertThat(log.openByRun()).isEqualTo(Map.of("a", 3));
  }
}
