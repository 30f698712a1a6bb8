from __future__ import annotations

from pathlib import Path

import pytest

from index.formats.base import Extracted, ExtractError
from index.formats.jsonl import Line, parse_line, read_lines


def read(tmp_path: Path, line: str) -> list[Line]:
    path = tmp_path / "a.jsonl"
    path.write_text(line, encoding="utf-8")
    return [
        each if isinstance(each, Line) else parse_line(each)
        for each in read_lines(path, 1000)
    ]


def test_a_line_gives_an_article(tmp_path: Path) -> None:
    line = (
        '{"id": 7, "title": "T", "text": "A\\nb 👩‍👩‍👧", "url": "http://x.y",'
        ' "published": "2024-11-24", "tags": []}'
    )
    (found,) = read(tmp_path, f"\n{line}\n\n")
    article = Extracted("A\nb 👩‍👩‍👧", "T", "http://x.y", "2024-11-24")
    assert found == Line(2, "7", article)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[" * 900, "is not JSON"),
        ("[]", "is no object"),
        ('{"text": null}', "is no object"),
        ('{"text": "x", "title": 1}', '"title" that is no string: 1'),
        ('{"text": "x", "id": true}', '"id" that is no string or number'),
        (f'{{"text": "x", "id": "{"i" * 501}"}}', "more than 500 characters"),
        ('{"text": "x", "id": "\\ud83c"}', "half a character"),
        ('{"text": "\\udc00"}', "half a character"),
        ('{"text": " "}', "holds no text"),
    ],
)
def test_a_line_without_an_article_tells_why(
    tmp_path: Path, line: str, reason: str
) -> None:
    (found,) = read(tmp_path, line)
    assert isinstance(found.article, ExtractError)
    assert reason in str(found.article)


def test_a_reason_is_short_whatever_the_line_holds(tmp_path: Path) -> None:
    for name in ("title", "id"):
        (found,) = read(tmp_path, f'{{"text": "x", "{name}": [{"0," * 400}0]}}')
        assert len(str(found.article)) < 100
