"""What an XLSX file is made of: its sheets, the texts they share, and the formats of numbers."""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.cell_formats import NumberKind, Reading, kind_of_format, kind_of_format_id, reading
from domain.imports.limits import MEBIBYTE, ImportLimits
from domain.imports.sheets import shared_texts
from domain.imports.xml_parts import PartReader, Tag, tags, workbook_errors

_MAIN_PART: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets of a workbook have in common. `sheets` maps their names to the names of their parts."""

    sheets: Mapping[str, str]
    texts: list[str]
    formats: Mapping[str, Reading]
    """How the numbers of cells are read whose style is one of days, moments or lengths of time."""


def open_archive(stream: io.BufferedReader, size: int, limits: ImportLimits) -> zipfile.ZipFile:
    """The archive; raises `PayloadTooLarge` for a large one, and what `workbook_errors` translates."""
    if size > limits.workbook_bytes:
        raise PayloadTooLarge(
            f"A workbook may have at most {limits.workbook_bytes / MEBIBYTE:,.1f} MiB; "
            f"this one has {size / MEBIBYTE:,.1f}. As CSV it can have any size."
        )
    return zipfile.ZipFile(stream)


def read_workbook(stream: io.BufferedReader, size: int, limits: ImportLimits) -> Workbook:
    """Everything but the sheets themselves; raises `BadRequest` and `PayloadTooLarge`."""
    with workbook_errors(), open_archive(stream, size, limits) as archive:
        parts = _Parts(archive, limits.workbook_text_bytes)
        main = next(parts.related("", "/officeDocument"), _MAIN_PART)
        if main not in parts.names:
            raise BadRequest("The file is not an XLSX workbook.")
        properties = dict(parts.tags(main)).get("workbookPr", {})
        shared = next(parts.related(main, "/sharedStrings"), None)
        styles = next(parts.related(main, "/styles"), None)
        return Workbook(
            sheets=_sheets(parts, main),
            texts=shared_texts(parts.open(shared), limits.max_row_characters) if shared else [],
            formats=_formats(parts.tags(styles), properties.get("date1904") in ("1", "true")) if styles else {},
        )


class _Parts:
    """The parts of an archive and how they refer to each other."""

    def __init__(self, archive: zipfile.ZipFile, max_bytes: int) -> None:
        self.names = frozenset(archive.namelist())
        self._archive = archive
        self._max_bytes = max_bytes

    def open(self, name: str) -> PartReader:
        """The bytes of a part."""
        return PartReader(self._archive, name, self._max_bytes)

    def tags(self, name: str) -> Iterator[Tag]:
        """The opening tags of a part."""
        return tags(self.open(name))

    def related(self, part: str, kind: str) -> Iterator[str]:
        """The parts that this one refers to and whose type ends in `kind`."""
        return (name for _, type, name in self.relations(part) if type.endswith(kind) and name in self.names)

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Id, type and part of each relation."""
        folder, base = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations in self.names:
            for name, attributes in self.tags(relations):
                if name == "Relationship":
                    target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                    yield attributes.get("Id", ""), attributes.get("Type", ""), target.lstrip("/")


def _sheets(parts: _Parts, main: str) -> dict[str, str]:
    """The parts of the sheets with cells, by the names of the sheets, in their order."""
    targets = {id: name for id, type, name in parts.relations(main) if type.endswith("/worksheet")}
    found = (attributes for tag, attributes in parts.tags(main) if tag == "sheet")
    listed = ((attributes.get("name", ""), targets.get(attributes.get("id", ""))) for attributes in found)
    return {name: part for name, part in listed if part in parts.names and part is not None}


def _formats(found: Iterator[Tag], is_from_1904: bool) -> dict[str, Reading]:
    """How numbers are read, by the style of their cell; styles of plain numbers are left out."""
    kinds: dict[int, NumberKind] = {}
    styles: list[NumberKind] = []
    section = ""
    for name, attributes in found:
        if name in ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = name
        elif name == "numFmt" and section == "numFmts":
            kinds[int(attributes["numFmtId"])] = kind_of_format(attributes["formatCode"])
        elif name == "xf" and section == "cellXfs":
            number = int(attributes.get("numFmtId", "0"))
            styles.append(kinds.get(number) or kind_of_format_id(number))
    readings = {kind: reading(kind, is_from_1904=is_from_1904) for kind in NumberKind}
    return {str(style): read for style, kind in enumerate(styles) if (read := readings[kind]) is not None}
