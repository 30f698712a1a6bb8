from __future__ import annotations

import json
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.commands import ROOT

# Shown in the README alone.
NOT_INSTALLED = {"web/screenshots"}


def test_an_installation_has_every_file_of_the_packages() -> None:
    # What pip leaves in this folder when it builds is no installation.
    found = [
        each
        for each in distributions(name="verbatim-qa")
        if Path(str(each.locate_file(""))).resolve() != ROOT
    ]
    if not found:
        pytest.skip("not installed")
    (installed,) = found
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        pytest.skip("installed as a link to this folder")
    files = {str(path) for path in installed.files or ()}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("index", "qa", "web")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = {
        path for path in wanted - files if path.rpartition("/")[0] not in NOT_INSTALLED
    }
    assert wanted
    assert not missing
