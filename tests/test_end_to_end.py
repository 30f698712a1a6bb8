"""The service on its article, with the real models: questions, spans and refusals."""

from __future__ import annotations

import pytest

from index.documents import Document
from qa.answering.citations import verify
from qa.answers import Answer
from qa.evaluation.metrics import f1
from qa.pipeline import Pipeline

# Question, and the spans that answer it; each stands in the article word for word.
ANSWERABLE: list[tuple[str, list[str]]] = [
    ("Who is the Iraqi Interior Minister?", ["Abdul Amir Al-Shammari"]),
    ("Who is Somalia's Interior Minister?", ["Abdullahi Sheikh Ismail"]),
    ("In which city did the two ministers meet?", ["Baghdad"]),
    (
        "What did the two officials discuss?",
        [
            "a proposed security memorandum of understanding",
            "security memorandum of understanding",
            "proposed security memorandum of understanding",
        ],
    ),
    (
        "What is the memorandum of understanding aimed at?",
        [
            "bolstering collaboration in counter-terrorism, intelligence sharing, "
            "and border security management",
            "bolstering collaboration",
        ],
    ),
    (
        "Which two extremist groups does Iraq have expertise with?",
        ["Al-Qaeda and ISIS"],
    ),
    (
        "What did Al-Shammari praise?",
        ["Somalia’s ongoing efforts to strengthen national security"],
    ),
    (
        "How did Abdullahi Sheikh Ismail describe his visit to Baghdad?",
        ["highly productive", "as highly productive"],
    ),
    (
        "Which command did the Somali minister visit?",
        ["Border Guard Command", "the Border Guard Command"],
    ),
    (
        "Why did he visit the Border Guard Command?",
        [
            "to observe operational strategies firsthand",
            "observe operational strategies firsthand",
        ],
    ),
    (
        "In which areas is Somalia seeking Iraq's support?",
        [
            "border protection and combating drug trafficking",
            "critical areas such as border protection and combating drug trafficking",
        ],
    ),
    (
        "What does Iraq's involvement in Somalia align with?",
        [
            "Baghdad’s broader regional diplomacy strategy",
            "broader regional diplomacy strategy",
        ],
    ),
    (
        "How did Iraq gain its experience in counter-terrorism?",
        [
            "years of combating ISIS insurgency",
            "from years of combating ISIS insurgency",
        ],
    ),
    (
        "Which extremist faction continues to threaten Somalia?",
        ["Al-Shabaab", "extremist factions such as Al-Shabaab", "Al-Qaeda and ISIS"],
    ),
    (
        "What does Somalia aim to modernize?",
        ["its security apparatus", "security apparatus"],
    ),
    (
        "What did both ministers underscore the importance of?",
        [
            "sustained dialogue and long-term collaboration",
            "sustained dialogue and long-term collaboration to address shared "
            "security threats",
        ],
    ),
    (
        "What did the ministers hint at?",
        [
            "the possibility of further agreements",
            "further agreements",
            "the possibility of further agreements in areas such as "
            "counter-narcotics operations, cybersecurity, and joint intelligence "
            "exercises",
        ],
    ),
    (
        "In which areas could further agreements be made?",
        [
            "counter-narcotics operations, cybersecurity, and joint intelligence "
            "exercises",
        ],
    ),
    (
        "What does the security partnership mark?",
        [
            "a step forward in global efforts to combat terrorism and transnational "
            "crime",
            "a step forward",
        ],
    ),
    (
        "When did Al-Shammari speak about Iraq's willingness to support Somalia?",
        [
            "During a joint press conference held after the discussions",
            "a joint press conference held after the discussions",
            "joint press conference",
        ],
    ),
    (
        "What support did Al-Shammari pledge?",
        [
            "comprehensive assistance, including tactical and organizational support",
            "comprehensive assistance",
            "Iraq’s readiness to offer comprehensive assistance",
            "tactical and organizational support",
        ],
    ),
    (
        "What will Iraq provide to support Somalia?",
        [
            "specialized training, consultancy, and experience-sharing",
            "specialized training, consultancy, and experience-sharing in combating "
            "terrorism",
        ],
    ),
    (
        "what country does abdullahi sheikh ismail come from",
        ["Somalia", "Somali", "Somalia’s"],
    ),
    (
        "What does Iraq aim to foster?",
        [
            "stronger international alliances",
            "stronger international alliances in the fight against extremism",
        ],
    ),
    (
        "Who took part in the Somali minister's engagements within the Interior "
        "Ministry?",
        ["various officials", "various officials within Iraq’s Interior Ministry"],
    ),
    (
        "What do both nations face?",
        ["similar security challenges", "similar security"],
    ),
    (
        "What positive outcomes can the cooperation yield?",
        [
            "improved regional stability and stronger diplomatic ties",
            "improved regional stability and stronger diplomatic ties between the "
            "Middle East and Africa",
        ],
    ),
]

UNANSWERABLE = [
    "Who is the president of France?",
    "How many soldiers will Iraq send to Somalia?",
    "When was the memorandum of understanding signed?",
    "How much money will Iraq give to Somalia?",
    "What is the capital of Somalia?",
    "Who is the Somali defence minister?",
    "How old is Abdullahi Sheikh Ismail?",
    "Which weapons will Iraq sell to Somalia?",
    "Who won the football match between Iraq and Somalia?",
    "What did the United States say about the meeting?",
    "What is the weather like in Baghdad?",
    "How many people were killed by Al-Shabaab?",
]

# A better reader may get another one wrong; not several more.
MOST_WRONG_ANSWERS = 4
MOST_WRONG_REFUSALS = 2


@pytest.fixture(scope="module")
def answers(pipeline: Pipeline) -> dict[str, Answer]:
    questions = [question for question, _ in ANSWERABLE] + UNANSWERABLE
    return {question: pipeline.answer(question) for question in questions}


def test_the_expected_spans_stand_in_the_article(article: Document) -> None:
    missing = [s for _, spans in ANSWERABLE for s in spans if s not in article.text]

    assert missing == []


def test_answers_what_the_article_says(answers: dict[str, Answer]) -> None:
    wrong = {
        question: (answers[question].kind, answers[question].text)
        for question, spans in ANSWERABLE
        if f1(answers[question].text or "", spans) < 0.5
    }

    assert len(wrong) <= MOST_WRONG_ANSWERS, wrong


def test_says_when_the_article_does_not_say(answers: dict[str, Answer]) -> None:
    wrong = {
        question: (answers[question].text, answers[question].confidence)
        for question in UNANSWERABLE
        if answers[question].kind != "no_answer"
    }

    assert len(wrong) <= MOST_WRONG_REFUSALS, wrong


def test_every_quote_stands_in_the_article_where_it_says(
    answers: dict[str, Answer], article: Document
) -> None:
    for answer in answers.values():
        for citation in (*answer.citations, *answer.nearest_passages):
            assert verify(citation, article)
            assert article.text[citation.start : citation.end] == citation.quote
        assert (answer.text is None) == (not answer.citations)
        assert (answer.text is None) == bool(answer.nearest_passages)


def test_the_navigation_bar_is_never_quoted(
    answers: dict[str, Answer], article: Document
) -> None:
    first_line_end = article.text.index("\n")
    starts = [
        citation.start
        for answer in answers.values()
        for citation in (*answer.citations, *answer.nearest_passages)
    ]

    assert min(starts) > first_line_end


def test_asking_for_more_passages_keeps_the_same_answer(pipeline: Pipeline) -> None:
    """The article has fewer passages than either number."""
    few = pipeline.answer("In which city did the two ministers meet?", k=8)
    many = pipeline.answer("In which city did the two ministers meet?", k=50)

    assert few.text == many.text
    assert few.confidence == pytest.approx(many.confidence)
