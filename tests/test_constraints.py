"""The versions that a deployment is held to are ones that the project asks for."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.commands import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
# Held by pyproject.toml itself: each processor has a build of its own.
FREE = {"torch", PROJECT["name"]}
EXTRAS = ("mcp", "milvus")
TEXT = (ROOT / "scripts/deploy/constraints.txt").read_text(encoding="utf-8")


def test_constraints_hold_what_the_project_asks_for() -> None:
    held = {
        canonicalize_name(package): version
        for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", TEXT, re.M)
    }
    asked = [*PROJECT["dependencies"]]
    for extra in EXTRAS:
        asked += PROJECT["optional-dependencies"][extra]
    for each in map(Requirement, asked):
        package = canonicalize_name(each.name)
        if package not in FREE:
            assert held.get(package, "none") in each.specifier, package


def test_every_version_has_checksums() -> None:
    for block in re.split(r"\n(?=\S)", TEXT.strip()):
        assert "--hash=sha256:" in block, block
