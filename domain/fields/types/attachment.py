"""The attachment field."""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.objects import Key, object_parser
from domain.fields.operators import PRESENCE, Conditions
from domain.fields.texts import SUBSTRING, sort_key, text_parser
from domain.fields.urls import MAX_URL_LENGTH, check_url, read_url
from domain.fields.widening import SET_OF_KINDS, UPPER_BOUND
from domain.sql import Parameters

MAX_FILES: Final = 100
"""How many files one value may hold."""
MAX_FILENAME_LENGTH: Final = 255
MAX_FILE_SIZE: Final = 2**53
MAX_ID_LENGTH: Final = 100
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.ASCII | re.IGNORECASE)
_MIME_PATTERN = re.compile(r"\*/\*|[a-z0-9][a-z0-9!#$&^_.+-]*/(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)", re.ASCII)
_NOT_IN_A_FILENAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_SEPARATOR = re.compile(r"[,\s]+")
_NAMED = re.compile(r"\s*(\S.*?) ?\(([a-z]+://[^\s()]+)\)\s*(?:,|\Z)")
"""A file as Airtable writes it into its CSV files: `plan.pdf (https://…)`, with commas between several."""
_PHOTO: Final = {"url": "https://files.example/a.png", "filename": "a.png", "size": 1200, "type": "image/png"}
_CONDITIONS: Final[Conditions] = {**PRESENCE, **SUBSTRING}


def _check_pattern(pattern: str) -> str:
    lowered = pattern.lower()
    if not _MIME_PATTERN.fullmatch(lowered):
        raise ValueError(f"{shown(pattern)} is not a media type such as application/pdf or image/*")
    return lowered


class AttachmentOptions(Options):
    """Options of an attachment field."""

    allowed_types: Annotated[
        list[Annotated[str, AfterValidator(_check_pattern)]] | None,
        Field(max_length=100, description="Media types of the files, such as image/* or application/pdf; null: any."),
        SET_OF_KINDS,
    ] = None
    max_size: Annotated[
        int | None,
        Field(ge=1, le=MAX_FILE_SIZE, description="Bytes that one file may have; null: any number."),
        UPPER_BOUND,
    ] = None


class AttachmentType(FieldType[AttachmentOptions]):
    """Files, by what is known about them; the contents lie elsewhere."""

    key = "attachment"
    title = "Attachment"
    position = 120
    description = (
        "Files that lie elsewhere, say in a bucket of yours: the server keeps their addresses and takes no uploads. "
        "A JSON list of up to 100 objects {id, url, filename, size, type}, of which url is needed. The filename "
        "is taken from the url where it is left out; size is in bytes and type is the media type."
    )
    options_model = AttachmentOptions
    column_type = "jsonb"
    empty_json = "[]"
    conditions = _CONDITIONS
    examples = (
        Example([_PHOTO], [_PHOTO]),
        Example([{"id": "att1", **_PHOTO}, _PHOTO], [{"id": "att1", **_PHOTO}, _PHOTO]),
        Example(
            [{"url": "https://files.example/docs/plan%201.pdf?v=2"}],
            [{"url": "https://files.example/docs/plan%201.pdf?v=2", "filename": "plan 1.pdf"}],
        ),
        Example([_PHOTO], [_PHOTO], {"allowed_types": ["image/*"], "max_size": 1200}),
        Example([], []),
        Example(
            "https://a.example/1.png, https://a.example/",
            [
                {"url": "https://a.example/1.png", "filename": "1.png"},
                {"url": "https://a.example/", "filename": "a.example"},
            ],
            typecast=True,
        ),
        Example(
            "plan (2).pdf (https://a.example/x7),b.png (https://a.example/y8)",
            [
                {"url": "https://a.example/x7", "filename": "plan (2).pdf"},
                {"url": "https://a.example/y8", "filename": "b.png"},
            ],
            typecast=True,
        ),
    )
    bad_examples = (
        BadExample("https://a.example/1.png", faults.TYPE),
        BadExample(["https://a.example/1.png"], faults.TYPE),
        BadExample([{"filename": "a.png"}], faults.MISSING_KEY),
        BadExample([{**_PHOTO, "color": "red"}], faults.UNKNOWN_KEY),
        BadExample([{**_PHOTO, "url": "nowhere"}], faults.FORMAT),
        BadExample([{**_PHOTO, "filename": "a/b.png"}], faults.FORMAT),
        BadExample([{**_PHOTO, "filename": "a\x00.png"}], faults.NUL),
        BadExample([{**_PHOTO, "size": -1}], faults.RANGE),
        BadExample([{**_PHOTO, "type": "png"}], faults.FORMAT),
        BadExample([_PHOTO], faults.RANGE, {"max_size": 1199}),
        BadExample([{"url": _PHOTO["url"]}], faults.MISSING_KEY, {"max_size": 1199}),
        BadExample([_PHOTO], faults.CHOICE, {"allowed_types": ["application/pdf"]}),
        BadExample([_PHOTO] * (MAX_FILES + 1), faults.MAX_LENGTH),
    )

    def parser(self, options: AttachmentOptions, *, typecast: bool = False) -> Parser:
        return _list_parser(options, typecast)

    def json(self, column: str, options: AttachmentOptions, parameters: Parameters) -> str:
        return f"{column}::text"

    def order(self, column: str, options: AttachmentOptions, parameters: Parameters) -> OrderKey:
        return OrderKey(sort_key(self.text(column, options, parameters)), "text")

    def text(self, column: str, options: AttachmentOptions, parameters: Parameters) -> str:
        """The filenames."""
        names = f"ARRAY(SELECT item ->> 'filename' FROM jsonb_array_elements({column}) AS item)"
        return f"(CASE WHEN {column} IS NOT NULL THEN array_to_string({names}, ', ') END)"


def _list_parser(options: AttachmentOptions, typecast: bool) -> Parser:
    def parse(value: object) -> object:
        if typecast:
            value = _as_list(value)
        if value is None:
            return None
        if not isinstance(value, list):
            raise wrong_type(value, "a list of files")
        if len(value) > MAX_FILES:
            raise InvalidValue(f"A value may hold at most {MAX_FILES} files, not {len(value):,}.", faults.MAX_LENGTH)
        return [_parse_at(index, file, options) for index, file in enumerate(value)] or None

    return parse


def _as_list(value: object) -> object:
    """Urls in a text or a list, or a single file, as a list of files."""
    if isinstance(value, str):
        value = _named_files(value) or [url for url in _SEPARATOR.split(value) if url]
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list):
        return [{"url": read_url(item)} if isinstance(item, str) else item for item in value]
    return value


def _named_files(text: str) -> list[object]:
    """The files of a text that names each, with its url in brackets behind it; none of any other text."""
    files: list[object] = []
    position = 0
    while position < len(text):
        found = _NAMED.match(text, position)
        if found is None or len(files) > MAX_FILES:
            return []
        files.append({"url": read_url(found[2]), "filename": found[1]})
        position = found.end()
    return files


def _parse_at(index: int, file: object, options: AttachmentOptions) -> dict[str, object]:
    try:
        parsed = _parse_file(file)
        _check_type(parsed.get("type"), options.allowed_types)
        _check_size(parsed.get("size"), options.max_size)
    except InvalidValue as fault:
        raise fault.inside(index) from None
    parsed.setdefault("filename", _filename_of(str(parsed["url"])))
    return parsed


def _check_type(type: object, allowed: list[str] | None) -> None:
    if allowed is None:
        return
    names = ", ".join(allowed)
    if not isinstance(type, str):
        raise InvalidValue(f"The field takes only files of the types {names}: give the type.", faults.MISSING_KEY)
    if not any(fnmatchcase(type.lower(), pattern) for pattern in allowed):
        raise InvalidValue(f"The field takes only files of the types {names}, not {type}.", faults.CHOICE, ("type",))


def _check_size(size: object, limit: int | None) -> None:
    if limit is None:
        return
    if not isinstance(size, int):
        raise InvalidValue(f"The field takes files of at most {limit:,} bytes: give the size.", faults.MISSING_KEY)
    if size > limit:
        raise InvalidValue(f"The file may have at most {limit:,} bytes, not {size:,}.", faults.RANGE, ("size",))


def _filename_of(url: str) -> str:
    """The last part of the path, else the host."""
    parts = urlsplit(url)
    name = PurePosixPath(_NOT_IN_A_FILENAME.sub("", unquote(PurePosixPath(parts.path).name, errors="ignore"))).name
    return (name or parts.hostname or url)[:MAX_FILENAME_LENGTH]


def _check_filename(name: str) -> str:
    if _NOT_IN_A_FILENAME.search(name):
        raise InvalidValue("A filename has no slashes and no control characters.", faults.FORMAT)
    return name


def _check_mime(type: str) -> str:
    if not _MIME.fullmatch(type):
        raise InvalidValue(f"{shown(type)} is not a media type such as image/png.", faults.FORMAT)
    return type


def _parse_size(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(value, "a number of bytes")
    if not 0 <= value <= MAX_FILE_SIZE:
        raise InvalidValue("The size must lie between 0 and 2^53 bytes.", faults.RANGE)
    return value


_parse_file = object_parser(
    "a file",
    {
        "id": Key(text_parser(MAX_ID_LENGTH)),
        "url": Key(text_parser(MAX_URL_LENGTH, check_url), is_required=True),
        "filename": Key(text_parser(MAX_FILENAME_LENGTH, _check_filename)),
        "size": Key(_parse_size),
        "type": Key(text_parser(255, _check_mime)),
    },
)
