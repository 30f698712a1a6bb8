"""The rooms of the house: who may import whom, and where heavy libraries live."""

from __future__ import annotations

import ast
import re
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


@pytest.mark.parametrize(
    ("library", "room"),
    [
        ("pymilvus", "index/milvus/"),
        ("grpc", "index/milvus/"),
        ("ray", "index/work/cluster"),
    ],
)
def test_a_library_of_an_extra_stays_in_its_room(library: str, room: str) -> None:
    """A plain installation does not have it."""
    for package in ORDER:
        for path in modules(package):
            if not path.relative_to(ROOT).as_posix().startswith(room):
                assert library not in set(imported(path)), path


def test_only_the_door_knows_which_home_an_index_has() -> None:
    rooms = ("index/milvus/", "index/home.py")
    for package in ORDER:
        for path in modules(package):
            if not path.relative_to(ROOT).as_posix().startswith(rooms):
                known = [
                    each
                    for each in imported_modules(path)
                    if each.startswith("index.milvus")
                ]
                assert known == [], path


def test_training_libraries_stay_out_of_serving() -> None:
    """They come with an extra that a plain installation does not have."""
    for path in modules("index") + modules("qa") + modules("web"):
        if not {"training", "evaluation"} & set(path.parts):
            assert not {"sklearn", "matplotlib"} & set(imported(path)), path


def test_only_settings_reads_the_environment() -> None:
    for package in ORDER:
        for path in modules(package):
            assert "os.environ" not in path.read_text(encoding="utf-8"), path


MOST_MODULES = 14
MOST_LINES = 260
# Long, and one idea each: a build from start to switch, a graph from top to bottom.
LONGER = {
    "index/build.py",
    "index/models/graph.py",
}


def test_a_folder_is_one_concept() -> None:
    for package in ORDER:
        for folder in {path.parent for path in modules(package)}:
            found = [path for path in folder.glob("*.py") if path.stem != "__init__"]
            assert len(found) <= MOST_MODULES, folder


def test_a_module_is_one_idea() -> None:
    longer = {
        str(path.relative_to(ROOT))
        for package in ORDER
        for path in modules(package)
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert longer <= LONGER, longer - LONGER


def test_no_imports_go_round_in_a_circle() -> None:
    """Those for type checkers alone count: what they say holds at run time too."""
    known = {name_of(path): path for package in ORDER for path in modules(package)}
    reached = {
        name: {to for to in imported_modules(path) if to in known and to != name}
        for name, path in known.items()
    }
    # Take away what imports nothing that is left, or that nothing left imports.
    while free := {
        name
        for name, to in reached.items()
        if not to & reached.keys()
        or not any(name in others for others in reached.values())
    }:
        reached = {name: to for name, to in reached.items() if name not in free}
    assert not reached, sorted(reached)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


SERVING = ("conversation", "retrieval", "reading", "answering", "suggestions", "words")


def test_serving_stays_small_and_knows_little_english() -> None:
    paths = [*(ROOT / "qa").glob("*.py")]
    for room in SERVING:
        paths += (ROOT / "qa" / room).rglob("*.py")
    texts = [path.read_text(encoding="utf-8") for path in paths]
    assert sum(len(text.splitlines()) for text in texts) <= MOST_SERVING_LINES
    assert sum(len(re.findall(r"\bre\.[a-z]+\(", text)) for text in texts) <= 50


MOST_SERVING_LINES = 4840
