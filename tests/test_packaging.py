from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath

from tests.commands import ROOT

# Shown in the README alone.
NOT_INSTALLED = "web/screenshots/"


def data_files() -> list[str]:
    return [
        name
        for package in ("index", "qa", "web")
        for path in sorted((ROOT / package).rglob("*"))
        if path.is_file() and path.suffix not in (".py", ".pyc")
        for name in [path.relative_to(ROOT).as_posix()]
        if not name.startswith(NOT_INSTALLED)
    ]


def test_an_installation_has_every_file_of_the_packages() -> None:
    """A linked installation has all by itself; others have what these patterns say."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, given in settings["tool"]["setuptools"]["package-data"].items()
        for pattern in given
    ]
    files = data_files()
    assert len(files) > 50
    missing = [
        name
        for name in files
        if not any(PurePosixPath(name).match(pattern) for pattern in patterns)
    ]
    assert not missing


def test_every_pattern_names_files_of_a_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for package, given in settings["tool"]["setuptools"]["package-data"].items():
        folder = ROOT / Path(*package.split("."))
        for pattern in given:
            assert [*folder.glob(pattern)], (package, pattern)
