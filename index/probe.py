"""Whether an embedder gives the vectors that an index was built with."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from index.errors import IndexFormatError, IndexNotFoundError
from index.home import IndexHome, Snapshot
from index.models.embedder import Embedder
from index.passages import Splitting
from index.store.manifest import Manifest

logger = logging.getLogger(__name__)

# Embedded at build time and again when the index is opened, to see that the model
# of that name is still the same.
PROBE = "The quick brown fox jumps over the lazy dog."
_PROBE_SIMILARITY = 0.99


def check_embedder(manifest: Manifest, embedder: Embedder) -> None:
    """Check that a model gives the vectors that an index was built with.

    Raises:
        IndexFormatError: If it is another model under the same name.
    """
    probe = np.array(manifest.probe, dtype=np.float32)
    found = embedder.embed_query(PROBE)
    if found.shape != probe.shape or float(found @ probe) < _PROBE_SIMILARITY:
        raise IndexFormatError(
            f"{embedder.name} is not the model that the index {manifest.version} "
            "was built with; build the index again"
        )


def open_live(home: IndexHome[Any]) -> Snapshot | None:
    """Return the live version; ``None`` if there is none or it cannot be used."""
    try:
        live: Snapshot = home.open(home.current())
        return live
    except IndexNotFoundError:
        return None
    except IndexFormatError as error:
        logger.warning("nothing is kept of the live version: %s", error)
        return None


def is_reusable(
    home: IndexHome[Any],
    previous: Snapshot | None,
    embedder: Embedder,
    splitting: Splitting,
) -> bool:
    """Tell whether the live version's vectors are those that a build would make."""
    if previous is None:
        return False
    manifest = home.manifest(home.current())
    before = (manifest.embedder, manifest.precision, manifest.splitting)
    if before != (embedder.name, embedder.precision, splitting):
        logger.info("other settings than the live version's: all is embedded again")
        return False
    try:
        check_embedder(manifest, embedder)
    except IndexFormatError as error:
        logger.warning("nothing is kept of the live version: %s", error)
        return False
    return True
