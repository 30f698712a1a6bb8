"""One reply, start to end: which kind is wanted, and making it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from index.passages import ScoredPassage
from qa.answerer import MAX_QUESTION_CHARACTERS
from qa.answers import Answer, Kind
from qa.attempts import (
    documents_in_talk,
    same_place,
)
from qa.conversation import (
    WHICH_ARTICLE,
    leans_on_history,
    stand_alone,
)
from qa.ellipsis import is_fragment
from qa.lookup import Asked, Corpus, Lookup
from qa.mentions import names
from qa.overview import central_sentences, sentences_about
from qa.reader import QuestionError
from qa.small_talk import not_understood, small_talk, without_courtesies
from qa.spelling import corrected
from qa.statements import Statements, cite_all, state_answer
from qa.topics import spoken_subject, titled, wanted_article, wanted_subject

_NEAREST_PASSAGES = 3
_CHOICES = 3
# Characters of the articles in talk that tell which names are of whom.
_MAX_CONTEXT = 50_000
# Likeness of a passage to what the user called the article: less is a guess.
_NAMED_SIMILARITY = 0.3


class Replier:
    """Makes one reply from one version of the index."""

    def __init__(self, corpus: Corpus, lookup: Lookup) -> None:
        self._corpus = corpus
        self._lookup = lookup

    def reply(self, asked: Asked) -> Answer:
        """Return the reply, without suggested questions unless it asks back."""
        if asked.interpret:
            talk = small_talk(asked.question)
            if talk is not None:
                return self._say(asked, "small_talk", talk)
            polite, bare = asked.question, without_courtesies(asked.question)
            if bare != polite:
                reply = self.reply(replace(asked, question=bare))
                return replace(reply, question=polite)
            topic = wanted_article(asked.question, asked.history)
            if topic is not None:
                return self._give_overview(asked, topic)
        return self._look_up(asked)

    def _look_up(self, asked: Asked) -> Answer:
        rewritten = None
        in_talk: tuple[str, ...] = ()
        if asked.interpret:
            in_talk = self._in_talk(asked)
            rewritten = self._understood(asked, in_talk)
            # A question that names nothing goes on about what is talked of.
            if not leans_on_history(asked.question) and names(asked.question):
                in_talk = ()
        if rewritten is None and in_talk and leans_on_history(asked.question):
            # What it leans on was said of these articles, and means nothing elsewhere.
            asked = replace(asked, doc_ids=in_talk)
        passages = self._lookup.retrieve(rewritten or asked.question, asked, in_talk)
        if asked.interpret:
            texts = [scored.passage.text for scored in passages]
            talk = not_understood(rewritten or asked.question, texts)
            if talk is not None:
                return self._say(asked, "small_talk", talk)
        subject = wanted_subject(rewritten or asked.question)
        if asked.interpret and subject is not None:
            said = self._tell_about(subject, passages)
            if said.places:
                return self._finish(asked, said, rewritten)
        try:
            best = self._lookup.read(rewritten or asked.question, passages, asked)
        except QuestionError:
            if rewritten is None:
                raise
            # It is too long only with what was put into it.
            rewritten = None
            best = self._lookup.read_raw(asked, in_talk or asked.doc_ids)
        if rewritten is not None and not is_fragment(asked.question):
            # As asked it may be better supported; but not elsewhere, where the words
            # that lean on the conversation would refer to something else.
            raw = self._lookup.read_raw(asked, in_talk or asked.doc_ids, rewritten)
            agree = same_place(raw, best)
            if raw.probability > best.probability:
                best = raw
                rewritten = rewritten if agree else None
            if agree and not leans_on_history(asked.question):
                # Slips that make no difference are nobody's business.
                rewritten = None
        if asked.interpret:
            best = self._lookup.reworded(best, asked, rewritten, in_talk)
        said = state_answer(best, self._corpus.documents)
        spoken_of = spoken_subject(rewritten or asked.question)
        if not said.places and asked.interpret and spoken_of is not None:
            said = self._tell_about(spoken_of, best.passages)
        reply = self._finish(asked, said, rewritten)
        if said.places:
            return reply
        nearest = [
            (scored.passage.doc_id, scored.passage.start, scored.passage.end)
            for scored in best.passages[:_NEAREST_PASSAGES]
        ]
        return replace(
            reply, nearest_passages=cite_all(nearest, self._corpus.documents)
        )

    def _understood(self, asked: Asked, in_talk: Collection[str]) -> str | None:
        """Return the question well spelt and standing alone, if it was not."""
        talked_of = (self._corpus.documents[doc_id].text for doc_id in in_talk)
        context = "\n".join(talked_of)[:_MAX_CONTEXT]
        found = [] if context else self._lookup.retrieve(asked.question, asked, ())
        written = context or "\n".join(scored.passage.text for scored in found)
        count_tokens = self._corpus.embedder.count_tokens
        spelled = corrected(asked.question, written, count_tokens)
        meant = stand_alone(spelled, asked.history, context) or spelled
        is_usable = len(meant) <= MAX_QUESTION_CHARACTERS
        return meant if is_usable and meant != asked.question else None

    def _give_overview(self, asked: Asked, topic: str) -> Answer:
        documents = self._corpus.documents
        known = [*self._lookup.known(asked)]
        chosen = self._named(topic, asked, known) if topic else None
        if not topic:
            chosen = next(iter(self._in_talk(asked)), None)
        if chosen is None and topic:
            # "Summarize the talks": nothing is called so, but there may be an answer.
            return self._look_up(asked)
        if chosen is None:
            titles = [documents[doc_id].title for doc_id in known[:_CHOICES]]
            text = f"There are {len(known)} articles. {WHICH_ARTICLE}"
            reply = self._say(asked, "clarification", text)
            questions = tuple(f"What is “{title}” about?" for title in titles)
            return replace(reply, suggested_questions=questions)
        self._lookup.report("searching")
        document = documents[chosen]
        with self._lookup.reading():
            sentences = central_sentences(document, self._corpus.embedder)
        places = [
            cite_all([(chosen, start, end)], documents) for start, end in sentences
        ]
        said = Statements("overview", 1.0, tuple(place for place in places if place))
        if not said.places:
            return self._look_up(asked)
        return self._finish(asked, said, None)

    def _tell_about(
        self, subject: str, passages: Sequence[ScoredPassage]
    ) -> Statements:
        documents = self._corpus.documents
        found = sentences_about(subject, [scored.passage for scored in passages])
        places = (cite_all([place], documents) for place in found)
        return Statements("overview", 1.0, tuple(place for place in places if place))

    def _named(self, topic: str, asked: Asked, known: Sequence[str]) -> str | None:
        """Return the document that a title, or words close to it, names."""
        by_title = titled(topic, known, self._corpus.documents)
        if by_title is not None:
            return by_title
        found = self._lookup.retrieve(topic, asked, ())
        if found and found[0].score >= _NAMED_SIMILARITY:
            return found[0].passage.doc_id
        return None

    def _in_talk(self, asked: Asked) -> tuple[str, ...]:
        """Return the documents that are talked of, or the only one there is."""
        known = self._lookup.known(asked)
        cited = documents_in_talk(asked.history, self._corpus.documents)
        in_talk = tuple(doc_id for doc_id in cited if doc_id in known)
        return tuple(known) if not in_talk and len(known) == 1 else in_talk

    def _say(self, asked: Asked, kind: Kind, text: str) -> Answer:
        """Return a plain reply, which says nothing of any document."""
        return replace(self._finish(asked, Statements(kind, 1.0, ()), None), text=text)

    def _finish(
        self, asked: Asked, said: Statements, interpreted: str | None
    ) -> Answer:
        return Answer(
            question=asked.question,
            interpreted_question=interpreted,
            kind=said.kind,
            text=said.text(),
            confidence=said.confidence,
            citations=said.citations(),
            parts=said.parts(),
            nearest_passages=(),
            suggested_questions=(),
            index_version=self._corpus.version,
            timings_ms=self._lookup.timings(),
        )
