"""Reading tables whose rows are JSON objects: the keys are the columns."""

from abc import abstractmethod
from collections.abc import Iterator

from domain.errors import BadRequest
from domain.imports.formats.contract import Layout, Row, TableReader
from domain.imports.names import unique_names
from domain.imports.options import ImportOptions
from domain.imports.problems import ImportProblem, Report, shown

Item = tuple[int, object]
"""Where an element begins (a line, or its number in the array, from 1), and the element."""


def _ignore(_: ImportProblem) -> None:
    """Problems of the first look at a file come again when it is read."""


class ObjectReader(TableReader):
    """Rows of typed values; a subclass sets `layout` by `describe` once it can read items."""

    _keys: tuple[str, ...] = ()

    @abstractmethod
    def items(self, report: Report) -> Iterator[Item]:
        """The elements of the file, whatever they are."""

    def describe(self, format: str, encoding: str, options: ImportOptions, records_key: str | None = None) -> Layout:
        """The layout of a table whose columns are the keys of the objects that are looked at."""
        self._keys = self._find_keys(options)
        named = unique_names(self._keys, len(self._keys), options.limits.max_name_characters)
        return Layout(
            format=format,
            names=named.names,
            unnamed=named.unnamed,
            is_typed=True,
            encoding=encoding,
            records_key=records_key,
        )

    def rows(self, report: Report) -> Iterator[Row]:
        keys, known = self._keys, set(self._keys)
        for line, item in self.items(report):
            if not isinstance(item, dict):
                report(ImportProblem(line, "This is not a JSON object; it is left out.", value=shown(item)))
                continue
            if not item.keys() <= known:
                for key in sorted(item.keys() - known):
                    known.add(key)  # reported once, where it first comes
                    report(
                        ImportProblem(
                            line, f"The key {shown(key)!r} first comes here, too late for a column of its own."
                        )
                    )
            get = item.get
            yield line, [get(key) for key in keys]

    def _find_keys(self, options: ImportOptions) -> tuple[str, ...]:
        limits = options.limits
        keys: dict[str, None] = {}
        cells, rows, items = 0, 0, 0
        for _, item in self.items(_ignore):
            items += 1
            if isinstance(item, dict):
                keys.update(dict.fromkeys(item))
                rows, cells = rows + 1, cells + len(item)
            if len(keys) > limits.max_columns or (cells >= limits.sample_cells and rows >= limits.sample_rows):
                break
        if items and not rows:
            raise BadRequest("The file holds no JSON objects: each row has to be one, with the columns as its keys.")
        return tuple(keys)
