"""The versions that a deployment is held to are ones that the project asks for."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.commands import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
# Held by pyproject.toml itself: each processor has a build of its own.
FREE = {"torch", PROJECT["name"]}
EXTRAS = {
    "constraints.txt": ("mcp",),
    "constraints-test.txt": tuple(PROJECT["optional-dependencies"]),
}


@pytest.mark.parametrize("name", EXTRAS)
def test_constraints_hold_what_the_project_asks_for(name: str) -> None:
    text = (ROOT / "scripts" / "deploy" / name).read_text(encoding="utf-8")
    held = {
        canonicalize_name(package): version
        for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M)
    }
    asked = [*PROJECT["dependencies"]]
    for extra in EXTRAS[name]:
        asked += PROJECT["optional-dependencies"][extra]
    for each in map(Requirement, asked):
        package = canonicalize_name(each.name)
        if package not in FREE:
            assert held.get(package, "none") in each.specifier, package


@pytest.mark.parametrize("name", EXTRAS)
def test_every_version_has_checksums(name: str) -> None:
    text = (ROOT / "scripts" / "deploy" / name).read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block
