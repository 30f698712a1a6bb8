"""What a pronoun can stand for, of what is spoken of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from qa.mentions import Mention, find_mentions, is_country
from qa.pronouns import Reference, Referring


def choose_referent(
    word: Referring,
    mentions: Sequence[Mention],
    referred: Collection[tuple[Reference, str]],
    question: str,
) -> Mention | None:
    """Return what a pronoun of a question stands for; ``None`` without any like it.

    Args:
        word: The pronoun.
        mentions: What is spoken of, the most salient first.
        referred: What pronouns have stood for before, with their kinds.
        question: What it names itself is not what its pronoun stands for.
    """
    named = {each.text for each in find_mentions(question)}
    other = "he" if word.word.lower().startswith(("sh", "her")) else "she"
    rest = [
        each
        for each in mentions
        if each.text not in named
        and not (word.kind == "person" and each.gender == other)
    ]
    for suits in _SUITS[word.kind]:
        for mention in rest:
            before = {k for k, text in referred if text == mention.text}
            if suits(mention, before):
                return mention
    return None


def _is_name(text: str) -> bool:
    """Tell whether a text may name a person: "ISIS" does not."""
    return text[0].isupper() and not text.isupper()


_Test = Callable[[Mention, Collection[Reference]], bool]

# What each kind of pronoun can stand for, the surer first; the second argument is
# what pronouns have stood for the mention before.
_SUITS: Mapping[Reference, tuple[_Test, ...]] = {
    "person": (
        lambda _, before: "person" in before,
        lambda mention, _: (
            mention.kind == "person"
            or (mention.kind == "thing" and _is_name(mention.text))
        ),
    ),
    "place": (lambda mention, _: mention.kind == "place",),
    "plural": (
        lambda mention, _: mention.is_plural,
        lambda mention, before: (
            mention.kind == "group"
            or (mention.text[0].isupper() and mention.kind == "thing" and not before)
        ),
        # Countries act; towns, and where something took place, are only places.
        lambda mention, before: is_country(mention.text) and "place" not in before,
    ),
    "thing": (
        lambda _, before: "thing" in before and "person" not in before,
        lambda mention, before: (
            not mention.is_plural
            and "person" not in before
            and mention.kind != "person"
        ),
    ),
}
