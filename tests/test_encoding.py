from __future__ import annotations

import pytest

from index.formats.base import ExtractError
from index.formats.encoding import decode_text

FRENCH = (
    "Le café de l’hôtel a été fermé à Nîmes, où la maîtresse de la forêt répète : "
    "« jamais »."
)
SWEDISH = "Åke åkte på tåget från Malmö, för att köpa fåglar."
POLISH = "Książka, którą napisała, będzie gotowa później, więc już się cieszę."
RUSSIAN = "Мост через реку закрыт с первого мая. Ремонт стоит 4 миллиона рублей."


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        (FRENCH, "cp1252", "windows-1252"),
        (FRENCH, "mac_roman", "mac_roman"),
        (SWEDISH, "cp1252", "windows-1252"),
        (SWEDISH, "mac_roman", "mac_roman"),
        (SWEDISH, "cp850", "cp850"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso8859_2", "iso8859_2"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "utf-16-le", "utf-16-le"),
        (SWEDISH, "utf-16-le", "utf-16-le"),
        (SWEDISH, "utf-16-be", "utf-16-be"),
        (FRENCH, "utf-16", None),
        (FRENCH, "utf-8", None),
    ],
)
def test_a_text_is_read_in_the_encoding_that_makes_words_of_it(
    text: str, encoding: str, guess: str | None
) -> None:
    assert decode_text(text.encode(encoding)) == (text, guess)


@pytest.mark.parametrize("text", ["Café", "Zoë Lefèvre paid €9 – “perfect”.", "Łódź"])
def test_a_few_words_are_windows_1252_if_not_utf_8(text: str) -> None:
    data = text.encode("cp1252", "replace") + b"\xe9"
    assert decode_text(data)[1] == "windows-1252"


@pytest.mark.parametrize("end", [b"\xe9", SWEDISH[:5].encode("cp1252")])
def test_a_few_bytes_that_are_not_utf_8_do_not_change_the_others(end: bytes) -> None:
    data = (SWEDISH + " ").encode() + end
    text = f"{SWEDISH} {end.decode('cp1252')}"
    assert decode_text(data) == (text, "utf-8, damaged")


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 9, bytes(range(256)) * 4])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ExtractError, match="is no text"):
        decode_text(data)
