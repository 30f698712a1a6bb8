"""Loading what answers: the index, the models and what was fitted for them."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.home import open_index
from index.models.compiled_embedder import CompiledEmbedder, load_embedder
from index.models.embedder import DEFAULT_EMBEDDER, Embedder, resolve_embedder
from index.models.precision import Precision
from index.models.sources import resolve_model
from index.probe import check_embedder
from index.store.live import LiveVersion
from qa.answering.choosing import Selector
from qa.answering.confidence import UNFITTED, Fitted
from qa.answering.evidence import DEFAULT_EVIDENCE, TrainedEvidenceModel
from qa.conversation.understanding import QuestionEncoder, Understander
from qa.pipeline import Pipeline
from qa.reading.catalogue import DEFAULT_READER, reader_name
from qa.reading.skimming import load_reader
from qa.retrieval.corpus import Corpus
from qa.retrieval.remembering import RememberingEmbedder
from qa.retrieval.retriever import HybridRetriever
from qa.suggestions.suggestions import load_suggestions

logger = logging.getLogger(__name__)


def load_pipeline(
    index: Path | str,
    *,
    reader: str = DEFAULT_READER,
    precision: Precision = "auto",
    threads: int = 1,
) -> Pipeline:
    """Load the index, the models and what was fitted for the reader.

    Args:
        index: The index: its folder, or its address in Milvus.
        reader: ``accurate``, ``fast``, or a model as ``resolve_model`` names it.
        precision: Number format of the models.
        threads: Threads that one inference uses.

    Raises:
        IndexNotFoundError: If nothing has been published.
        IndexFormatError: If the index is damaged or of another embedder.
        ModelNotFoundError: If a model's name leads to none.
        ConfidenceError: If the reader's confidence file is damaged.
    """
    home = open_index(index)
    # The packaged one tells a question's intent, whatever the index is embedded by.
    compiled = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER), precision, threads)
    packaged = RememberingEmbedder(compiled)
    embedders: dict[str, Embedder] = {DEFAULT_EMBEDDER: packaged}

    def load_corpus(version: str) -> Corpus:
        manifest = home.manifest(version)
        snapshot = home.open(version)
        embedder = embedders.get(manifest.embedder)
        if embedder is None:
            embedder = _remembering(manifest.embedder, precision, threads)
        check_embedder(manifest, embedder)
        # Only those in use are kept, should the new index have another.
        embedders.clear()
        embedders[DEFAULT_EMBEDDER] = packaged
        embedders[manifest.embedder] = embedder
        return Corpus(
            version,
            snapshot.documents,
            HybridRetriever(snapshot, embedder),
            embedder,
            lambda: load_suggestions(home.folder, version),
            snapshot,
        )

    # The readers take as long as all others together.
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load_reader, reader, precision, threads)
        return Pipeline(
            LiveVersion(home, load_corpus),
            Understander.load(
                QuestionEncoder(packaged.embed_query, compiled.token_states)
            ),
            evidence=TrainedEvidenceModel(DEFAULT_EVIDENCE, threads),
            selector=Selector(load_fitted(reader)),
            reader=loading.result(),
        )


def _remembering(name: str, precision: Precision, threads: int) -> Embedder:
    return RememberingEmbedder(load_embedder(name, precision, threads))


def load_fitted(reader: str) -> Fitted:
    """Return what was fitted for a reader, or a plain rule when nothing was.

    Raises:
        ConfidenceError: If its file is damaged.
    """
    source = resolve_model(reader_name(reader))
    found = Fitted.load(Path(source.location)) if source.is_local else None
    if found is None:
        logger.warning(
            "nothing was fitted for the reader %s; its figures are rough. "
            "scripts/fit_answers.py fits it",
            reader,
        )
        return UNFITTED
    return found
