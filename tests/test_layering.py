"""The rooms of the house: who may import whom, and where heavy libraries live."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("index", "qa", "web")
HEAVY = {
    "faiss",
    "numpy",
    "openvino",
    "sentence_transformers",
    "sklearn",
    "torch",
    "transformers",
}


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found
    return found


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_those_before_it(package: str) -> None:
    later = set(ORDER[ORDER.index(package) + 1 :]) | {"scripts", "tests"}
    for path in modules(package):
        assert not later & set(imported(path)), path


def test_web_imports_no_model_library() -> None:
    for path in modules("web"):
        assert not HEAVY & set(imported(path)), path


@pytest.mark.parametrize("library", ["faiss", "openvino", "sentence_transformers"])
def test_a_heavy_library_has_one_room(library: str) -> None:
    users = defaultdict(list)
    for package in ORDER:
        for path in modules(package):
            for name in set(imported(path)):
                users[name].append(path)
    assert len(users[library]) == 1, users[library]


def test_training_libraries_stay_out_of_serving() -> None:
    """They come with an extra that a plain installation does not have."""
    for path in modules("index") + modules("qa") + modules("web"):
        if "training" not in path.parts:
            assert not {"sklearn", "matplotlib"} & set(imported(path)), path


def test_only_settings_reads_the_environment() -> None:
    for package in ORDER:
        for path in modules(package):
            assert "os.environ" not in path.read_text(encoding="utf-8"), path
