#!/usr/bin/env bash
# Writes the constraints anew from pyproject.toml: exact versions, with the checksums of
# all their files. Needs uv (pip install uv). torch is left out, and what only its CUDA
# builds want: each processor has a build of its own, and pyproject.toml pins it.
set -euo pipefail
cd "$(dirname "$0")/../.."

uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --extra mcp --extra milvus |
    python3 -c '
import re, sys
blocks = re.split(r"\n(?=\S)", sys.stdin.read().strip())
left = ("torch==", "nvidia-", "cuda-", "triton")
print("\n".join(each for each in blocks if not each.startswith(left)))
' > scripts/deploy/constraints.txt
