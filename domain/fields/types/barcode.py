"""The barcode field."""

import re
from functools import partial
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from domain.fields import faults
from domain.fields.barcodes import SYMBOLOGIES, check_barcode
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.readable import readable
from domain.fields.texts import TextLike, text_parser
from domain.fields.widening import ONE_KIND

MAX_LENGTH: Final = 3_000
_ALIASES: Final = {"ean": "ean13", "upc": "upca", "itf": "itf14", "qrcode": "qr"}
_PUNCTUATION = re.compile(r"[\s_-]")


def _format_name(value: object) -> object:
    """`EAN-13` and `UPC` mean the format that everybody calls so."""
    if not isinstance(value, str):
        return value
    name = _PUNCTUATION.sub("", value.lower())
    return _ALIASES.get(name, name)


class BarcodeOptions(Options):
    """Options of a barcode field."""

    format: Annotated[
        Literal[
            "ean13",
            "ean8",
            "upca",
            "upce",
            "itf14",
            "gtin",
            "isbn",
            "issn",
            "code39",
            "code128",
            "codabar",
            "qr",
            "datamatrix",
            "pdf417",
        ]
        | None,
        BeforeValidator(_format_name),
        Field(description="The format that every code has, its check digit verified; null: any text."),
        ONE_KIND,
    ] = None


class BarcodeType(TextLike[BarcodeOptions]):
    """The content of a barcode."""

    key = "barcode"
    title = "Barcode"
    position = 220
    description = (
        "The content of a barcode, of up to 3,000 characters; a JSON string, so that zeros at the start stay. "
        "Check digits of EAN, UPC, GTIN, ITF-14, ISBN and ISSN are verified where the field has that format."
    )
    options_model = BarcodeOptions
    examples = (
        Example("any text", "any text"),
        Example("4006381333931", "4006381333931", {"format": "ean13"}),
        Example("96385074", "96385074", {"format": "ean8"}),
        Example("036000291452", "036000291452", {"format": "UPC-A"}),
        Example("04252614", "04252614", {"format": "upce"}),
        Example("978-3-16-148410-0", "978-3-16-148410-0", {"format": "isbn"}),
        Example("0-306-40615-2", "0-306-40615-2", {"format": "isbn"}),
        Example("", None, {"format": "ean13"}),
        Example(4006381333931, "4006381333931", {"format": "ean13"}, typecast=True),
    )
    bad_examples = (
        BadExample("4006381333932", faults.CHECKSUM, {"format": "ean13"}),
        BadExample("400638133393", faults.FORMAT, {"format": "ean13"}),
        BadExample("036000291453", faults.CHECKSUM, {"format": "upca"}),
        BadExample("04252615", faults.CHECKSUM, {"format": "upce"}),
        BadExample("978-3-16-148410-1", faults.CHECKSUM, {"format": "isbn"}),
        BadExample("lower", faults.FORMAT, {"format": "code39"}),
        BadExample("x" * (MAX_LENGTH + 1), faults.MAX_LENGTH),
        BadExample(4006381333931, faults.TYPE),
    )

    def parser(self, options: BarcodeOptions, *, typecast: bool = False) -> Parser:
        check = partial(check_barcode, symbology=SYMBOLOGIES[options.format]) if options.format else None
        parse = text_parser(MAX_LENGTH, check)
        return (lambda value: parse(None if value is None else readable(value).strip())) if typecast else parse
