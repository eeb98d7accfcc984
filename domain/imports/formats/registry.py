"""The registry of file formats: every module of `domain/imports/formats/` is found by itself."""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import PurePath
from types import MappingProxyType
from typing import TypeGuard

from domain.errors import BadRequest
from domain.imports import formats
from domain.imports.formats.contract import ImportFormat
from domain.imports.options import ImportOptions
from domain.imports.source import ImportSource


@cache
def import_formats() -> Mapping[str, ImportFormat]:
    """Every format by its key, the choosiest first."""
    found = sorted((kind() for kind in _formats()), key=lambda format: format.position)
    return MappingProxyType({format.key: format for format in found})


def choose_format(source: ImportSource, options: ImportOptions) -> ImportFormat:
    """The format that was asked for, else that of the file's extension, else the first that its content fits.

    An extension counts only if the content can be of its format: a workbook that is called `.csv` is a workbook.
    """
    known = import_formats()
    if options.format is not None:
        if options.format not in known:
            raise BadRequest(f"{options.format!r} is not a format. The formats are {_listed()}.", value=options.format)
        return known[options.format]
    head = source.head(options.limits.sniff_bytes)
    extension = PurePath(source.name).suffix.lower()
    by_name = (format for format in known.values() if extension in format.extensions and format.accepts(head))
    by_content = (format for format in known.values() if format.recognises(head))
    found = next(by_name, None) or next(by_content, None)
    if found is not None:
        return found
    raise BadRequest(f"{source.name!r} is of no known format. The formats are {_listed()}.", value=source.name)


def _listed() -> str:
    return ", ".join(sorted(import_formats()))


def _formats() -> Iterator[type[ImportFormat]]:
    for module in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        for value in vars(import_module(module.name)).values():
            if _is_format(value) and value.__module__ == module.name:
                yield value


def _is_format(value: object) -> TypeGuard[type[ImportFormat]]:
    return inspect.isclass(value) and issubclass(value, ImportFormat) and not inspect.isabstract(value)
