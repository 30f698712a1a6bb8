"""Questions that the documents answer, for those who do not know what to ask."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.documents import Document
from index.sentences import sentence_spans

logger = logging.getLogger(__name__)

_FOLDER = "suggestions"
_NAME = r"[A-Z][\w-]+(?:[ ][A-Z][\w-]+)*"
_ROLE = re.compile(
    r"\b(?P<role>(?:[A-Z][\w-]+(?:’s)?[ ]){0,3}(?:Minister|President|Mayor|Governor"
    r"|Chancellor|Premier|Ambassador|Director|Secretary|Chief|Chairman|Chairwoman"
    rf"|Commissioner|Speaker))[ ](?P<name>{_NAME})"
)
_LOWER_ROLE = re.compile(
    r"\b[Tt]he (?P<role>(?:[a-z]+ ){1,2}(?:minister|president|mayor|governor|director"
    rf"|secretary|engineer|ambassador|chief|officer)), {_NAME}"
)
_BASES = {
    "discussed": "discuss", "praised": "praise", "described": "describe",
    "announced": "announce", "revealed": "reveal", "pledged": "pledge",
    "highlighted": "highlight", "expressed": "express", "warned": "warn about",
    "promised": "promise", "said": "say", "stated": "state", "noted": "note",
    "explained": "explain", "condemned": "condemn", "welcomed": "welcome",
    "signed": "sign", "opened": "open", "launched": "launch", "won": "win",
    "built": "build", "found": "find", "discovered": "discover", "bought": "buy",
    "sold": "sell", "visited": "visit", "rejected": "reject", "approved": "approve",
    "proposed": "propose", "accused": "accuse", "demanded": "demand", "made": "make",
    "underscored": "underscore", "stressed": "stress", "urged": "urge",
    "reported": "report", "published": "publish", "received": "receive",
    "completed": "complete", "closed": "close", "planned": "plan", "hopes": "hope",
}  # fmt: skip
_DID = re.compile(
    rf"(?P<who>{_NAME}|(?:The|Both|Two)(?:\s[a-z]+){{1,3}}?)\s(?P<verb>{'|'.join(_BASES)})"
    r"\s(?!(?:by|it|him|her|them)\b)"
)
_AIMS = re.compile(
    rf"(?P<who>{_NAME}|The\s[a-z]+)\s(?P<verb>aim|plan|hope|want|intend)s\sto\s"
)
_SEEKS = re.compile(rf"(?P<who>{_NAME})\sis\s(?P<verb>seeking|planning|building)\s")
_APPOSITION = re.compile(
    r"\b(?P<name>[A-Z][\w-]+(?:\s[A-Z][\w-]+)+),\s(?:an?|the|whose|who)\s"
)
_WHERE = re.compile(r"\bmeeting between .{5,120}? in [A-Z]")
_OBJECT = re.compile(
    r"(?P<object>(?:the|an?)\s[\w-]+(?:\s[\w-]+){0,5}?)(?=[,.;]|\s(?:in|on|at|by|after"
    r"|for|from|when|while|where|with|that|and|but|of|to|because|before)\b)"
)
_DAY = re.compile(
    r"\bon [A-Z][a-z]+day\b|\bin (?:19|20)\d\d\b|\d{1,2} [A-Z][a-z]+ \d{4}"
)
_ANY_PRONOUN = re.compile(r"\b(?:its|his|her|their|it|him|them)\b")
_PRONOUN = re.compile(r"(?:He|She|It|They|This|That|These|Those|We|I|You)\b")
_MAX_PROPOSED = 14


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a document answers."""

    question: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question made from a sentence, which should answer it.

    Attributes:
        start: Half-open offsets of the sentence in the document.
    """

    question: str
    start: int
    end: int


def propose_questions(document: Document) -> list[Proposal]:
    """Return questions that the sentences of a document seem to answer.

    Made by templates over its names, their roles and what they did (as the
    rule-based half of Heilman and Smith 2010), the roles first.
    """
    roles: list[Proposal] = []
    deeds: list[Proposal] = []
    people: list[Proposal] = []
    variants: list[Proposal] = []
    for start, end in sentence_spans(document.text):
        sentence = document.text[start:end]
        for match in _ROLE.finditer(sentence):
            owned = "’s " in match["role"] or " " not in match["role"]
            article = "" if owned else "the "
            if " " in match["role"]:
                question = f"Who is {article}{match['role']}?"
                roles.append(Proposal(question, start, end))
        for match in _LOWER_ROLE.finditer(sentence):
            roles.append(Proposal(f"Who is the {match['role']}?", start, end))
        for match in _APPOSITION.finditer(sentence):
            people.append(Proposal(f"Who is {match['name']}?", start, end))
        if _WHERE.search(sentence):
            roles.append(Proposal("Where did the meeting take place?", start, end))
        did, aims = _DID.search(sentence), _AIMS.search(sentence)
        seeks = _SEEKS.search(sentence)
        if did and not _PRONOUN.match(did["who"]) and _is_subject(did, sentence):
            first, *more = [
                Proposal(question, start, end) for question in _of_a_deed(did, sentence)
            ]
            deeds.append(first)
            variants += more
        if aims and not _PRONOUN.match(aims["who"]):
            question = f"What does {_subject(aims['who'])} {aims['verb']} to do?"
            deeds.append(Proposal(question, start, end))
        if seeks:
            question = f"What is {seeks['who']} {seeks['verb']}?"
            deeds.append(Proposal(question, start, end))
    proposals: dict[str, Proposal] = {}
    for proposal in (*roles[:3], *deeds, *people, *variants, *roles[3:]):
        proposals.setdefault(proposal.question, proposal)
    return list(proposals.values())[:_MAX_PROPOSED]


def check_proposals(
    documents: Iterable[Document],
    is_answered: Callable[[Document, Proposal], bool],
    wanted: int,
    report: Callable[[int], None] = lambda count: None,
) -> list[Suggestion]:
    """Return up to ``wanted`` questions of each document that are really answered.

    Args:
        documents: To make questions of.
        is_answered: Whether a question gets a sure answer from its own sentence.
        wanted: Questions for each document.
        report: Called with the documents done since the last call.
    """
    found = []
    for document in documents:
        kept = 0
        for proposal in propose_questions(document):
            if kept < wanted and is_answered(document, proposal):
                found.append(Suggestion(proposal.question, document.doc_id))
                kept += 1
        report(1)
    return found


def save_suggestions(
    index_dir: Path, version: str, suggestions: Sequence[Suggestion]
) -> None:
    """Write a version's suggestions beside the versions, in one step.

    A kill leaves the file as it was: the service does without, or with the old ones.
    Those of versions that are gone are removed.
    """
    folder = index_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".{version}.{os.getpid()}"
    staging.write_text(json.dumps([asdict(s) for s in suggestions]), encoding="utf-8")
    os.replace(staging, _path(index_dir, version))
    for path in folder.glob("*.json"):
        if path.stem != version and not (index_dir / "versions" / path.stem).is_dir():
            path.unlink(missing_ok=True)


def has_suggestions(index_dir: Path, version: str) -> bool:
    """Tell whether suggestions were made for a version, even if none were found."""
    return _path(index_dir, version).is_file()


def load_suggestions(index_dir: Path, version: str) -> list[Suggestion]:
    """Return what ``save_suggestions`` wrote; none when there is no sound file."""
    path = _path(index_dir, version)
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        return [Suggestion(str(r["question"]), str(r["doc_id"])) for r in records]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("cannot read %s (%r); build the index again", path, error)
        return []


def _path(index_dir: Path, version: str) -> Path:
    return index_dir / _FOLDER / f"{version}.json"


def _of_a_deed(did: re.Match[str], sentence: str) -> list[str]:
    """Return what to ask of "Nadia Farouk won the title on Sunday"."""
    who, verb = _subject(did["who"]), did["verb"]
    questions = [f"What did {who} {_BASES[verb]}?"]
    objects = _OBJECT.match(sentence, did.end())
    if objects and not _ANY_PRONOUN.search(objects["object"]):
        questions.append(f"Who {verb} {objects['object']}?")
        if _DAY.search(sentence):
            questions.append(f"When did {who} {_BASES[verb]} {objects['object']}?")
    return questions


def _is_subject(did: re.Match[str], sentence: str) -> bool:
    """Tell whether a name before a verb is not a part of a longer phrase.

    "The museum in Lyon said" is not said by Lyon.
    """
    before = sentence[: did.start()].rstrip()
    return (
        not before or before[-1] in ",;:" or before.endswith((" and", " but", "that"))
    )


def _subject(who: str) -> str:
    """Return a subject as it stands inside a question: "the two officials"."""
    first, space, rest = who.partition(" ")
    return f"{first.lower()}{space}{rest}" if first in ("The", "Both", "Two") else who
