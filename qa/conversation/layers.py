"""The resolver's files: layers of its own on the lowest ones of the reader.

The reader's word embeddings and lowest layers are left as they are whenever it is
trained, so two models may have them. The resolver's folder holds what is above them,
and says whose they are and their checksum.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from index.models.graph import Architecture
from index.models.layers import checksum, shared_weights
from index.models.sources import ModelNotFoundError, read_config
from index.models.weights import ModelWeights

PACKAGE = Path(__file__).resolve().parents[1]
RECORD, OWN = "layers.json", "model.safetensors"


class ResolverError(ModelNotFoundError):
    """A folder that holds no resolver, or a damaged one; names it."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers a resolver is made of.

    Attributes:
        shared_with: Folder of the model whose embeddings and lowest layers these are,
            seen from the package's.
        shared: How many layers these are.
        own: How many are above them.
        sha256: Of the shared weights.
    """

    shared_with: str
    shared: int
    own: int
    sha256: str

    @classmethod
    def read(cls, folder: Path) -> Layers:
        """Read what is written beside a resolver.

        Raises:
            ModelNotFoundError: If it is missing or damaged.
        """
        path = folder / RECORD
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                str(record["shared_with"]),
                int(record["shared"]),
                int(record["own"]),
                str(record["sha256"]),
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ModelNotFoundError(f"cannot read {path}: {error!r}") from error

    @property
    def model(self) -> Path:
        """Return the folder of the model that the resolver shares layers with."""
        return PACKAGE / self.shared_with

    def weights(self, folder: Path) -> ModelWeights:
        """Return all weights of the resolver in a folder, those it shares among them.

        Raises:
            ModelNotFoundError: If files are missing or damaged, or the model that it
                shares layers with was replaced by one with other ones.
        """
        weights = shared_weights(self.model, self.shared)
        found = checksum(weights)
        if found != self.sha256:
            raise ModelNotFoundError(
                f"the resolver in {folder} was trained on the lowest {self.shared} "
                f"layers of another model than {self.model} holds: their checksum is "
                f"{found}, not {self.sha256}; put that model back or train the "
                "resolver again (scripts/train_resolver.py)"
            )
        weights.add(folder / OWN)
        return weights

    def architecture(self) -> Architecture:
        """Return the shape of all layers together."""
        shape = Architecture.read(read_config(self.model))
        return replace(shape, layers=self.shared + self.own)
