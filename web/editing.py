"""The endpoints that bring, rename and remove documents, and tell how far that is.

There only if the service is editable. What is taken is on the disk before the reply.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request, stream_with_context
from werkzeug.exceptions import NotFound, UnprocessableEntity

from index.documents import MAX_FILE_BYTES
from index.folders import DocumentError
from index.intake.progress import Build
from index.intake.worker import Intake, IntakeFullError
from qa.answerer import Answerer
from web.contract.endpoint import endpoint
from web.errors import problem
from web.schemas.documents import BuildReply
from web.schemas.incoming import DocumentChange, FilesForm

logger = logging.getLogger(__name__)

blueprint = Blueprint("editing", __name__)

# A file of the greatest size, and what a form puts round it.
MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 1_000_000
_MAX_FILES = 100
# A stream ends after a while, and is asked for again: a thread serves each.
_STREAM_SECONDS = 20.0
_RETRY_SECONDS = 2
_STREAMS = threading.BoundedSemaphore(8)


@endpoint(
    blueprint,
    "POST",
    "/api/documents",
    body=FilesForm,
    consumes="multipart/form-data",
    reply=BuildReply,
    status=HTTPStatus.ACCEPTED,
    tag="documents",
    scope="edit",
    problems=(503,),
)
def add_documents() -> BuildReply | Response:
    """Take files, and have them indexed; ``GET /api/builds/ID`` tells how far that is.

    A file is an article in a format that ``build_index.py`` reads, at most 20 MB; the
    fields are all called ``files``. It is on the disk when this is answered. A 503
    says that too much is waiting.
    """
    request.max_content_length = MAX_UPLOAD_BYTES
    files = request.files.getlist("files")
    if not files or len(files) > _MAX_FILES:
        raise UnprocessableEntity(
            f"send 1 to {_MAX_FILES} files, in fields called files"
        )
    try:
        read = [(each.filename or "", each.stream.read()) for each in files]
        return BuildReply.of(_intake().add(read))
    except (DocumentError, IntakeFullError, OSError) as error:
        return _refusal(error)


@endpoint(
    blueprint,
    "PATCH",
    "/api/documents/<document:doc_id>",
    body=DocumentChange,
    reply=BuildReply,
    status=HTTPStatus.ACCEPTED,
    tag="documents",
    scope="edit",
    problems=(404, 503),
)
def change_document(doc_id: str, body: DocumentChange) -> BuildReply | Response:
    """Give a document another title, or take it back after it was removed."""
    try:
        if body.title is not None:
            _known(doc_id)
            return BuildReply.of(_intake().rename(doc_id, body.title))
        build = _intake().restore(doc_id)
    except (DocumentError, IntakeFullError, OSError) as error:
        return _refusal(error)
    if build is None:
        raise NotFound(f"no document {doc_id!r} was removed")
    return BuildReply.of(build)


@endpoint(
    blueprint,
    "DELETE",
    "/api/documents/<document:doc_id>",
    reply=BuildReply,
    status=HTTPStatus.ACCEPTED,
    tag="documents",
    scope="edit",
    problems=(404, 503),
)
def remove_document(doc_id: str) -> BuildReply | Response:
    """Leave a document out of the index; PATCH with ``is_removed: false`` undoes it.

    A file that was brought is deleted at the next start.
    """
    _known(doc_id)
    document = _answerer().documents()[doc_id]
    try:
        return BuildReply.of(_intake().remove(document))
    except (DocumentError, IntakeFullError, OSError) as error:
        return _refusal(error)


@endpoint(
    blueprint,
    "GET",
    "/api/builds/<build_id>",
    reply=BuildReply,
    produces="text/event-stream",
    tag="documents",
    scope="edit",
    problems=(404, 503),
)
def follow_build(build_id: str) -> Response:
    """Tell how far a build is, as ``progress`` events, until it is over.

    A stream ends after 20 seconds: ask again unless ``is_over``. A 503 says that
    too many follow one.
    """
    build = _intake().find(build_id)
    if build is None:
        raise NotFound(f"no build {build_id!r}; its files are live, or were refused")
    if not _STREAMS.acquire(blocking=False):
        return _busy("others follow a build; ask again")
    response = Response(
        stream_with_context(_events(build)),
        content_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )
    response.call_on_close(_STREAMS.release)
    return response


def _events(build: Build) -> Iterator[str]:
    for _ in build.follow(_STREAM_SECONDS):
        yield f"event: progress\ndata: {BuildReply.of(build).model_dump_json()}\n\n"


def _refusal(error: DocumentError | IntakeFullError | OSError) -> Response:
    if isinstance(error, OSError):
        # Its message has the folder, which is nobody's business outside.
        logger.error("what was brought cannot be kept: %s", error)
        return _busy("it cannot be kept now; the log says why")
    if isinstance(error, IntakeFullError):
        return _busy(str(error))
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


def _busy(detail: str) -> Response:
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _known(doc_id: str) -> None:
    if doc_id not in _answerer().documents():
        raise NotFound(f"no document {doc_id!r}; GET /api/documents lists those known")


def _answerer() -> Answerer:
    answerer: Answerer = current_app.extensions["answerer"]
    return answerer


def _intake() -> Intake:
    intake: Intake = current_app.extensions["intake"]
    return intake
