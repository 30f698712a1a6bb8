#!/usr/bin/env bash
# Writes the constraints anew from pyproject.toml: exact versions, with the checksums of
# all their files. constraints.txt is what the service needs, constraints-test.txt what
# its tests need besides. Needs uv (pip install uv). torch is left out, and what only its
# CUDA builds want: each processor has a build of its own, and pyproject.toml pins it.
set -euo pipefail
cd "$(dirname "$0")/../.."
service=scripts/deploy/constraints.txt
tests=scripts/deploy/constraints-test.txt

# Print what pyproject.toml comes to, without the packages that are in a file.
lock() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate "${@:2}" |
        python3 -c '
import re, sys
held = tuple(re.findall(r"^\S+==", open(sys.argv[1]).read(), re.M))
blocks = re.split(r"\n(?=\S)", sys.stdin.read().strip())
left = ("torch==", "nvidia-", "cuda-", "triton", *held)
print("\n".join(each for each in blocks if not each.startswith(left)))
' "$1"
}

lock /dev/null --extra mcp --extra milvus > $service
lock $service --extra test --constraints $service > $tests
