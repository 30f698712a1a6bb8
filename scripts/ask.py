"""Ask the index a question in the shell.

    python scripts/ask.py "Who met with Abdullahi Sheikh Ismail?"
    python scripts/ask.py --json "Where did they meet?" | jq .citations

Exits with 0 for a reply, 1 when the articles do not say, 2 for an error.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from index.errors import IndexFormatError, IndexNotFoundError, IndexUnavailableError
from index.models.sources import ModelNotFoundError
from index.terminal import say, say_error, say_json
from qa.answerer import DEFAULT_K, QuestionError, UnknownDocumentError
from qa.answering.citations import Citation
from qa.answering.confidence import ConfidenceError
from qa.answers import Answer
from qa.loading import load_pipeline
from web.schemas.answers import AnswerReply
from web.settings import Settings, SettingsError
from web.sight.logs import set_up


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(index=arguments.index, reader=arguments.reader)
        set_up(settings.log_format, "warning")
        answer = load_pipeline(
            settings.index,
            reader=settings.reader,
            precision=settings.precision,
            threads=settings.threads,
        ).answer(
            arguments.question,
            k=arguments.k,
            doc_ids=arguments.document,
            interpret=not arguments.verbatim,
        )
    except (
        ConfidenceError,
        IndexFormatError,
        IndexNotFoundError,
        IndexUnavailableError,
        ModelNotFoundError,
        QuestionError,
        SettingsError,
        UnknownDocumentError,
    ) as error:
        say_error("ask.py", error)
        return 2
    if arguments.json:
        say_json(reply(answer), indent=1)
    else:
        for line in as_lines(answer):
            say(line)
    return 0 if answer.text is not None else 1


def reply(answer: Answer) -> object:
    """Return what the endpoint would send."""
    return AnswerReply.of(answer).model_dump(mode="json")


def as_lines(answer: Answer) -> list[str]:
    """Return the answer for a person: what it says, and where each part stands."""
    lines = []
    if answer.interpreted_question is not None:
        lines += [f"({answer.interpreted_question})"]
    if answer.text is None:
        lines += ["The article does not say.", "", "Nearest passages:"]
        for passage in answer.nearest_passages:
            lines += ["", f"  {_place(passage)}", f"  {passage.quote}"]
    elif answer.citations:
        if answer.kind == "unsure":
            lines += ["Not sure, but perhaps:"]
        for part in answer.parts:
            marks = "".join(f" [{place + 1}]" for place in part.citations)
            lines += [f"{part.text}{marks}"]
        if answer.judgement is not None:
            lines += [f"The article says {answer.judgement}."]
        if answer.confidence is not None:
            lines += [f"(confidence {answer.confidence:.2f})"]
        for number, citation in enumerate(answer.citations, start=1):
            sentence = f"{citation.before}[[{citation.quote}]]{citation.after}"
            lines += ["", f"[{number}] {_place(citation)}", f"    {sentence}"]
    else:
        lines += [answer.text]
    if answer.suggested_questions:
        lines += ["", "You could ask:"]
        lines += [f"  {question}" for question in answer.suggested_questions]
    return lines


def _place(citation: Citation) -> str:
    return f"{citation.title} ({citation.doc_id}), {citation.start}-{citation.end}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("question")
    parser.add_argument("--index", help="folder, or milvus://HOST:PORT/NAME (QA_INDEX)")
    parser.add_argument(
        "--reader", help="package:NAME, ./folder or owner/model (QA_READER)"
    )
    parser.add_argument("--k", type=int, default=DEFAULT_K, help="passages read")
    parser.add_argument(
        "--document",
        action="append",
        metavar="ID",
        help="answer from this document; may be repeated (default: all)",
    )
    parser.add_argument(
        "--verbatim",
        action="store_true",
        help="look the question up word for word, even if it is small talk or asks "
        "for an overview",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the endpoint's reply"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
