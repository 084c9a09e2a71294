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

# Of several lines for a key the last one holds.
mkdir -p "$FLINK_CONF_DIR"
{
  defaults
  printf '%s\n' "${FLINK_PROPERTIES:-}"
} | awk -F: 'NF > 1 { if (!($1 in line)) key[++keys] = $1; line[$1] = $0 } END { for (k = 1; k <= keys; k++) print line[key[k]] }' \
  >"$FLINK_CONF_DIR/config.yaml"

case "${1:-help}" in
  standalone-job) exec "$FLINK_HOME/bin/standalone-job.sh" start-foreground "${@:2}" ;;
  taskmanager) exec "$FLINK_HOME/bin/taskmanager.sh" start-foreground "${@:2}" ;;
  *) exec "$@" ;;
esac
