"""Telling the encoding of a file."""

import codecs

import pytest

from domain.errors import BadRequest
from domain.imports.encodings import find_encoding
from tests.domain.imports.files import import_file, source

_TEXT = "Name,City\nJosé,São Paulo\nMüller,Köln\nZoë,“Málaga” – €\n"
_ROWS = [["José", "São Paulo"], ["Müller", "Köln"], ["Zoë", "“Málaga” – €"]]


@pytest.mark.parametrize(
    ("encode", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_western_text_is_read_in_every_encoding(encode: str, found: str) -> None:
    result = import_file(_TEXT.encode(encode))
    assert result.plan.layout.encoding == found
    assert list(result.types) == ["Name", "City"]
    assert result.rows == _ROWS
    assert result.problems == []


def test_utf_16_with_a_big_endian_mark_is_read() -> None:
    result = import_file(codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"))
    assert (result.plan.layout.encoding, result.rows) == ("utf-16", _ROWS)


def test_latin_1_is_read_as_its_superset() -> None:
    result = import_file("Name\nJosé\nMålfrid\nÉlodie\n".encode("latin-1"))
    assert result.plan.layout.encoding == "cp1252"
    assert result.rows == [["José"], ["Målfrid"], ["Élodie"]]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "имя,город\nИван Петров,Москва\nМария Сидорова,Новосибирск\n"),
        ("cp932", "名前,都市\n山田太郎,東京\n鈴木一郎,大阪\n"),
        ("gb18030", "姓名,城市\n张伟,北京\n王芳,上海\n"),
        ("cp1253", "όνομα,πόλη\nΓιώργος,Αθήνα\n"),
    ],
)
def test_older_encodings_are_told_by_their_content(encoding: str, text: str) -> None:
    assert find_encoding(source(text.encode(encoding)), None, 65_536) == encoding


def test_byte_that_is_not_utf_8_is_found_behind_the_sniffed_part() -> None:
    data = b"name\n" + b"plain\n" * 300_000 + "Jörg\n".encode("cp1252")
    result = import_file(data)
    assert result.plan.layout.encoding == "cp1252"
    assert result.values("name")[-1] == "Jörg"


def test_character_across_two_chunks_is_still_utf_8() -> None:
    data = b"x" * (1024 * 1024 - 1) + "é".encode()
    assert find_encoding(source(data), None, 65_536) == "utf-8"


def test_given_encoding_is_used_and_what_it_lacks_is_reported() -> None:
    result = import_file(b"a\nx\x81y\nz\n", encoding="cp1252")
    assert result.rows == [["x\ufffdy"], ["z"]]
    assert result.complaints == [
        (2, None, "The line holds bytes that mean nothing in cp1252; they are imported as \ufffd.")
    ]


@pytest.mark.parametrize("name", ["klingon", "rot13", "base64", "idna", "unicode_escape", "undefined", "a\0b", ""])
def test_unknown_encoding_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="is not a text encoding"):
        import_file("a\n1\n", encoding=name)


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("name", ["utf-16", "UTF_32"])
def test_a_given_encoding_of_wide_characters_needs_no_mark(name: str, order: str) -> None:
    encoding = f"{name.lower().replace('_', '-')}-{order}"
    result = import_file(_TEXT.encode(encoding), encoding=name)
    assert (result.plan.layout.encoding, result.rows) == (encoding, _ROWS)


@pytest.mark.parametrize("name", ["utf-16", "utf-32"])
@pytest.mark.parametrize("data", [b"a", b"a,b\n1,2\n", b"\xff\xfe\xfd\xfc\xfb"])
def test_what_is_no_text_of_wide_characters_is_read_as_far_as_it_goes(name: str, data: bytes) -> None:
    assert all("\ufffd" in cell or cell.isprintable() for row in import_file(data, encoding=name).rows for cell in row)
