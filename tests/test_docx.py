from __future__ import annotations

import datetime
import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.formats.base import ExtractError
from index.formats.word.file import extract_docx


def make_docx(*, title: str = "", year: int = 2024) -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.created = datetime.datetime(year, 11, 24, 8)
    document.add_heading("The talks", level=1)
    document.add_paragraph("They met in Baghdad 👩‍👩‍👧.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Officers", "12"
    document.add_paragraph("The end.")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_paragraphs_and_tables_are_read_in_their_order() -> None:
    assert extract_docx(make_docx()).text.split("\n\n") == [
        "The talks",
        "They met in Baghdad 👩‍👩‍👧.",
        "Officers\t12",
        "The end.",
    ]


def test_title_and_date_are_taken_from_the_properties() -> None:
    found = extract_docx(make_docx(title="Baghdad"))
    assert (found.title, found.published) == ("Baghdad", "2024-11-24")


def test_the_first_heading_is_the_title_without_properties() -> None:
    assert extract_docx(make_docx()).title == "The talks"


def test_the_date_of_the_librarys_template_is_none() -> None:
    assert extract_docx(make_docx(year=2013)).published is None


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04", make_docx()[:3000]])
def test_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(ExtractError, match="is a broken Word file"):
        extract_docx(data)


def test_an_archive_of_something_else_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "text")
    with pytest.raises(ExtractError, match="is a broken Word file"):
        extract_docx(data.getvalue())


def test_an_encrypted_file_is_refused() -> None:
    with pytest.raises(ExtractError, match="is encrypted"):
        extract_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = io.BytesIO(make_docx())
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/bomb.xml", bytes(201_000_000))
    assert len(data.getvalue()) < 1_000_000
    with pytest.raises(ExtractError, match="which no article does"):
        extract_docx(data.getvalue())


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    document = docx.Document()
    first = document.add_paragraph("The dam will be raised")
    mark = parse_xml(f"<w:rPr {nsdecls('w')}><w:del w:id='1' w:author='a'/></w:rPr>")
    first._p.get_or_add_pPr().append(mark)
    document.add_paragraph(" by three metres.")
    document.add_paragraph("It is old.")
    written = io.BytesIO()
    document.save(written)
    text = extract_docx(written.getvalue()).text
    assert text == "The dam will be raised by three metres.\n\nIt is old."
