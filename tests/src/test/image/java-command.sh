# shellcheck shell=bash
# What Flink's config.sh, standalone-job.sh, taskmanager.sh and flink-console.sh come to: all jars of lib, memory
# from the configuration, and the main class in place of this shell. STAND_IN is a folder with classes that
# Flink's distribution has and repositories of artifacts do not.

export FLINK_LIB_DIR="$FLINK_HOME/lib" FLINK_PLUGINS_DIR="$FLINK_HOME/plugins"

class_path() { printf '%s:' "$FLINK_LIB_DIR"/*.jar; }

# What BashJavaUtils, which works out configuration and memory for Flink's scripts, answers.
ask() {
  "$JAVA_HOME/bin/java" -Xmx256m -cp "$(class_path)" org.apache.flink.runtime.util.bash.BashJavaUtils \
    "$1" --configDir "$FLINK_CONF_DIR" "${@:2}" | sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p'
}

run() {
  local what="$1" main="$2" memory=() dynamic=() java_options=() lines
  shift 2
  # the first line of the answer is for the JVM, the second for the main class
  mapfile -t lines < <(ask "$what" "$@")
  ((${#lines[@]} == 2)) || {
    echo "BashJavaUtils $what gave ${#lines[@]} lines instead of 2: see what it printed above." >&2
    exit 1
  }
  read -r -a memory <<<"${lines[0]}"
  read -r -a dynamic <<<"${lines[1]}"
  read -r -a java_options <<<"$(sed -n 's/^ *all: *//p' "$FLINK_CONF_DIR/config.yaml")"
  if [[ "$what" == GET_JM_RESOURCE_PARAMS ]]; then
    set -- --configDir "$FLINK_CONF_DIR" "${dynamic[@]}" "$@"
  else
    set -- "$@" --configDir "$FLINK_CONF_DIR" "${dynamic[@]}"
  fi
  exec "$JAVA_HOME/bin/java" "${memory[@]}" "${java_options[@]}" \
    "-Dlog.file=$FLINK_CONF_DIR/flink.log" "-Dlog4j.configurationFile=file:$FLINK_CONF_DIR/log4j-console.properties" \
    -classpath "$(class_path)$STAND_IN" "$main" "$@"
}
