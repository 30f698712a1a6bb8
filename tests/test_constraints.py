"""The versions that are installed are ones that the project asks for, all of them."""

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
SERVICE = "scripts/deploy/constraints.txt"
TESTS = "scripts/deploy/constraints-test.txt"
HELD = "--require-hashes --no-deps"


def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def versions(*files: str) -> dict[str, str]:
    found = [
        (canonicalize_name(package), version)
        for file in files
        for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text(file), re.M)
    ]
    return dict(found)


@pytest.mark.parametrize(
    ("files", "extras"),
    [
        ([SERVICE], ["mcp", "milvus"]),
        ([SERVICE, TESTS], ["mcp", "milvus", "train", "test"]),
    ],
)
def test_constraints_hold_what_the_project_asks_for(
    files: list[str], extras: list[str]
) -> None:
    held = versions(*files)
    asked = [*PROJECT["dependencies"]]
    for extra in extras:
        asked += PROJECT["optional-dependencies"][extra]
    for each in map(Requirement, asked):
        package = canonicalize_name(each.name)
        if package not in FREE:
            assert held.get(package, "none") in each.specifier, package


def test_every_version_has_checksums_and_stands_once() -> None:
    for file in (SERVICE, TESTS):
        for block in re.split(r"\n(?=\S)", text(file).strip()):
            assert "--hash=sha256:" in block, block
    assert not versions(SERVICE).keys() & versions(TESTS).keys()


def test_the_readme_the_checks_and_the_image_install_these_versions() -> None:
    first, second = re.findall(r"^python3 -m venv .*$", text("README.md"), re.M)
    assert f"pip install {HELD} -r {SERVICE} && " in first
    assert f"pip install {HELD} -r {SERVICE} -r {TESTS} && " in second
    joined = re.sub(r"\\\n\s*", "", text(".ci/run"))
    assert f"{HELD} -r {SERVICE} -r {TESTS}" in joined
    image = re.sub(r"\\\n\s*", "", text("scripts/deploy/Dockerfile"))
    assert f"{HELD} -r {SERVICE}" in image
