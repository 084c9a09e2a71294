#!/bin/sh
# Make the demo data again: jobs/demo/audio and jobs/demo/runs.
#
# usage: make-demo-data.sh [DEMO_DIR]
#
#   DEMO_DIR         where audio/ and runs/ are replaced (default: the parent of this folder)
#   SCRATCH          working folder (default: sounding-demo-data in the temporary folder)
#   TORCHSCRIPT_DIR  if set, the checkpoints are also written there as TorchScript
#   PYTHON           the Python of the Debian packages (default: /usr/bin/python3)
#
# Takes about 6 minutes on two cores. Installs nothing.
set -eu

recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
demo=${1:-$(dirname -- "$recipe")}
scratch=${SCRATCH:-${TMPDIR:-/tmp}/sounding-demo-data}
python=${PYTHON:-/usr/bin/python3}

missing=
for tool in espeak-ng sox flac; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
for module in numpy scipy torch; do
    "$python" -c "import $module" 2>/dev/null || missing="$missing python3-$module"
done
if [ -n "$missing" ]; then
    echo "Missing Debian packages:$missing" >&2
    echo "Install them with: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
mkdir -p "$scratch" "$demo"
rm -rf "$scratch/corpus" "$scratch/train" "$scratch/checkpoints"
echo "scratch folder: $scratch (may be deleted afterwards)"

"$python" "$recipe/make_corpus.py" "$demo/audio" "$scratch"

"$python" "$recipe/train.py" healthy "$scratch" &
healthy=$!
"$python" "$recipe/train.py" collapse "$scratch" &
collapse=$!
failed=0
wait "$healthy" || failed=1
wait "$collapse" || failed=1
if [ "$failed" -ne 0 ]; then
    echo "Training failed." >&2
    exit 1
fi

for run in healthy collapse; do
    "$python" "$recipe/export.py" "$run" "$scratch" "$demo/runs" ${TORCHSCRIPT_DIR:+"$TORCHSCRIPT_DIR"}
done
for run in healthy collapse; do
    "$python" "$recipe/measure.py" "$run" "$scratch" "$demo/audio"
done
