"""An answerer with a reply of each kind, about articles that are hard to quote."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Collection, Sequence

from index.documents import Document
from qa.answerer import DEFAULT_K, Stage
from qa.answering.citations import Citation
from qa.answers import Answer, Kind, Part
from qa.context import RequestContext
from qa.conversation.conversation import Turn
from qa.suggestions.suggestions import Suggestion
from tests.fakes_web import FakeAnswerer, cite

WHO = "Who opened the bridge?"
WHERE = "Where did José come from?"
EVIL = "What is evil?"
MANY = "What is said twice?"
THERE = "Where is she from?"
THERE_MEANT = "Where did José come from, exactly?"
WHICH = "Which instruments were played?"
PERHAPS = "Which instruments were there?"
ABOUT = "What is this about?"
HELLO = "Hello"

BRIDGE = Document(
    "2024/bridge 🌉",
    "🎉🎉 Cafe\u0301 e\u0301te\u0301 👩‍👩‍👧‍👦: news of the day.\r\n"
    + "The river is wide. 🌊\r\n" * 80
    + "After 🥁🥁 drums, Maria\u0301 Keller 🌉 opened the bridge.\n"
    + "It rained.\n" * 40
    + "The band played the tuba, the viola and the harp.\n"
    + "جاء خوسيه من قرطبة 🌧 يوم الأحد.\nSaid twice.",
    "The bridge",
    "https://example.org/bridge",
    "2024-05-04",
)
HOSTILE = Document(
    "evil",
    '</div><script>window.hacked = 1</script>\n<img src=x onerror="hacked = 2"> evil\n'
    "Said twice.",
    '<b onmouseover="hacked=3">Evil</b>',
    "javascript:hacked=4",
)
QUOTES = {
    WHO: "Maria\u0301 Keller 🌉",
    WHERE: "قرطبة",
    THERE_MEANT: "قرطبة",
    EVIL: '<img src=x onerror="hacked = 2"> evil',
    MANY: "Said twice.",
}
SUGGESTIONS = [Suggestion(WHO, BRIDGE.doc_id), Suggestion(EVIL, HOSTILE.doc_id)]


class PageAnswerer(FakeAnswerer):
    """Also lists, sums up and talks; waits before and after it reads if told to."""

    def __init__(self) -> None:
        super().__init__([BRIDGE, HOSTILE], QUOTES, suggestions=SUGGESTIONS)
        self.may_read = threading.Event()
        self.may_read.set()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(
        self,
        question: str,
        *,
        k: int = DEFAULT_K,
        history: Sequence[Turn] = (),
        doc_ids: Collection[str] | None = None,
        interpret: bool = True,
        without_terms: Collection[str] = (),
        report: Callable[[Stage], None] = lambda stage: None,
        context: RequestContext | None = None,
    ) -> Answer:
        def wait_round_reading(stage: Stage) -> None:
            if stage != "reading":
                return report(stage)
            self.may_read.wait(30)
            report(stage)
            self.may_answer.wait(30)
            return None

        meant = THERE_MEANT if interpret and question == THERE else None
        answer = super().answer(
            meant or question,
            k=k,
            history=history,
            doc_ids=doc_ids,
            interpret=interpret,
            report=wait_round_reading,
            context=context,
        )
        answer = dataclasses.replace(
            answer, question=question, interpreted_question=meant
        )
        if question == WHICH:
            return _said(answer, "list", ["the tuba", "the viola", "the harp"])
        if question == PERHAPS:
            return _said(answer, "unsure", ["the tuba", "drums"])
        if question == ABOUT:
            sentences = ["The river is wide. 🌊", "It rained.", "Said twice."]
            return _said(answer, "overview", sentences)
        if question == HELLO:
            return dataclasses.replace(
                answer,
                kind="small_talk",
                text="Hello. Ask me about the articles.",
                nearest_passages=(),
            )
        return answer


def _said(answer: Answer, kind: Kind, quotes: Sequence[str]) -> Answer:
    return dataclasses.replace(
        answer,
        kind=kind,
        text="; ".join(quotes),
        confidence=0.87,
        citations=tuple(_find(quote) for quote in quotes),
        parts=tuple(Part(quote, (i,)) for i, quote in enumerate(quotes)),
        nearest_passages=(),
    )


def _find(quote: str) -> Citation:
    start = BRIDGE.text.index(quote)
    return cite(BRIDGE, start, start + len(quote))
