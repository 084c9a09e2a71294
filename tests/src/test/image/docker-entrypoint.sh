#!/usr/bin/env bash
# Stands in for the entry point of the official Flink image 2.2, which cannot be had without an image: the
# same commands, the same variables and the same configuration, and in the end the same Java command.
set -euo pipefail

# What the image's conf/config.yaml says where nothing else is said: the distribution's, and the addresses that
# the image puts into it.
defaults() {
  cat <<'END'
env.java.opts.all: --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED
jobmanager.rpc.port: 6123
jobmanager.bind-host: 0.0.0.0
taskmanager.bind-host: 0.0.0.0
rest.address: 0.0.0.0
rest.bind-address: 0.0.0.0
END
  printf 'jobmanager.rpc.address: %s\n' "${JOB_MANAGER_RPC_ADDRESS:-$(hostname -f)}"
  printf 'blob.server.port: 6124\nquery.server.port: 6125\n'
}

mkdir -p "$FLINK_CONF_DIR"
defaults >"$FLINK_CONF_DIR/config.yaml"
# shellcheck source=java-command.sh
source "$FLINK_HOME/bin/java-command.sh"
properties=()
while IFS=: read -r key value; do
  [[ -z "$key" ]] || properties+=("-D$key=${value# }")
done <<<"${FLINK_PROPERTIES:-}"
if ((${#properties[@]} > 0)); then
  ask UPDATE_AND_GET_FLINK_CONFIGURATION "${properties[@]}" >"$FLINK_CONF_DIR/config.yaml.new"
  mv "$FLINK_CONF_DIR/config.yaml.new" "$FLINK_CONF_DIR/config.yaml"
fi

case "${1:-help}" in
  standalone-job) exec "$FLINK_HOME/bin/standalone-job.sh" start-foreground "${@:2}" ;;
  taskmanager) exec "$FLINK_HOME/bin/taskmanager.sh" start-foreground "${@:2}" ;;
  *) exec "$@" ;;
esac
