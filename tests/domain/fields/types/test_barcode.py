"""The barcode field's exact rules: lengths, characters and check digits of each format."""

import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.barcodes import SYMBOLOGIES, expand_upce
from domain.fields.registry import field_type
from domain.fields.types.barcode import BarcodeOptions
from tests.domain.fields.parsing import parse, refusal

GOOD = [
    ("ean13", "5901234123457"),
    ("ean8", "73513537"),
    ("upca", "012345678905"),
    ("upce", "01234565"),
    ("itf14", "15400141288763"),
    ("gtin", "5901234123457"),
    ("gtin", "73513537"),
    ("isbn", "080442957X"),
    ("isbn", "9780306406157"),
    ("isbn", "978 0 306 40615 7"),
    ("issn", "2434-561X"),
    ("code39", "CODE-39 $/+%."),
    ("code128", "Any ASCII ~"),
    ("codabar", "A40156B"),
    ("qr", "WIFI:S:Café;;\n"),
    ("datamatrix", "x"),
    ("pdf417", "x"),
]
CHECKED = ["ean13", "ean8", "upca", "upce", "itf14", "gtin", "isbn", "issn"]


@pytest.mark.parametrize(("format", "code"), GOOD)
def test_code_is_taken(format: str, code: str) -> None:
    assert parse("barcode", code, {"format": format}) == code


@pytest.mark.parametrize(("format", "code"), [(format, code) for format, code in GOOD if format in CHECKED])
def test_every_wrong_check_digit_is_refused(format: str, code: str) -> None:
    for digit in "0123456789":
        if digit != code[-1]:
            assert refusal("barcode", code[:-1] + digit, {"format": format}).type == faults.CHECKSUM


@pytest.mark.parametrize(
    ("format", "code"),
    [
        ("ean13", "590123412345"),
        ("ean13", "590-1234-12345-7"),
        ("ean13", "٥901234123457"),
        ("upce", "21234565"),
        ("isbn", "9760306406157"),
        ("code39", "lower"),
        ("code128", "ü"),
        ("qr", "x" * 2954),
        ("codabar", "E123"),
    ],
)
def test_wrong_characters_or_length_are_refused(format: str, code: str) -> None:
    assert refusal("barcode", code, {"format": format}).type == faults.FORMAT


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("01234505", "012000003455"),
        ("01234514", "012100003454"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
    ],
)
def test_upce_stands_for_upca(short: str, long: str) -> None:
    assert expand_upce(short) == long
    assert parse("barcode", long, {"format": "upca"}) == long


@pytest.mark.parametrize(("given", "kept"), [("EAN-13", "ean13"), ("UPC", "upca"), ("qr code", "qr"), ("ISBN", "isbn")])
def test_format_is_named_as_people_do(given: str, kept: str) -> None:
    assert field_type("barcode").parse_options({"format": given}).format == kept


def test_every_format_has_rules() -> None:
    schema = BarcodeOptions.model_json_schema()["properties"]["format"]

    assert set(schema["anyOf"][0]["enum"]) == set(SYMBOLOGIES)
    with pytest.raises(ValidationError):
        field_type("barcode").parse_options({"format": "runes"})
