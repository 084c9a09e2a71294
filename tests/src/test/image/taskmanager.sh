#!/usr/bin/env bash
# Stands in for Flink's script of this name.
set -euo pipefail
# shellcheck source=java-command.sh
source "$FLINK_HOME/bin/java-command.sh"
run GET_TM_RESOURCE_PARAMS org.apache.flink.runtime.taskexecutor.TaskManagerRunner "${@:2}"
