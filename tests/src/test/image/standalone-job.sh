#!/usr/bin/env bash
# Stands in for Flink's script of this name.
set -euo pipefail
# shellcheck source=java-command.sh
source "$FLINK_HOME/bin/java-command.sh"
run GET_JM_RESOURCE_PARAMS io.sounding.tests.images.StandaloneJob "${@:2}"
