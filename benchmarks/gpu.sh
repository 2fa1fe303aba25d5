#!/usr/bin/env bash
# Whole songs on an NVIDIA GPU in bf16 beside the official pipeline, with and without torch.compile, with and without
# offloading: time and peak device memory of both sides. Nothing else may use the GPU meanwhile.
#
#     benchmarks/gpu.sh CHECKOUT CHECKPOINT BUNDLE [flags of compare.py songs, which win over those here]
#
# CHECKOUT is ACE-Step/ACE-Step at commit d612523, CHECKPOINT the one that BUNDLE was exported from. PYTHON (python3) runs
# the official code; JAVA (java) may carry options of its own. The same command goes on with a run that was ended.
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
if ! compgen -G "$here/target/lib/onnxruntime_gpu-*.jar" >/dev/null; then
  mvn -B -q -f "$here/../pom.xml" -pl benchmarks -am clean package -DskipTests -Donnxruntime.artifact=onnxruntime_gpu
fi
exec "${PYTHON:-python3}" "$here/peer/compare.py" songs --official "$1" --checkpoint "$2" --bundle "$3" \
  --device cuda --dtype bfloat16 --compile none,official,decode --precision bf16 --java "${JAVA:-java}" \
  --seconds 30,60,240 --steps 27,60 --offload off,on --songs 2 --warm-up-steps 2 \
  --out "$here/results/cuda.json" "${@:4}"
