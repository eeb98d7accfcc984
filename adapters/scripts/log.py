"""What a script prints, as far as it is kept."""

from typing import Final

MAX_LINES: Final = 1_000
CUT: Final = "… (more was printed)"


class Log:
    """The first characters of what comes, in lines."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._text = ""
        self._is_cut = False

    def write(self, text: str) -> None:
        """Keep as much of a text as there is room for."""
        self._text += text[: self._left]
        self._is_cut = self._is_cut or len(text) > self._left
        self._left -= min(len(text), self._left)

    @property
    def lines(self) -> tuple[str, ...]:
        """What was kept; a last line tells that there was more."""
        lines = self._text.split("\n")
        if lines[-1] == "":
            lines.pop()
        is_cut = self._is_cut or len(lines) > MAX_LINES
        return (*lines[:MAX_LINES], CUT) if is_cut else tuple(lines)
