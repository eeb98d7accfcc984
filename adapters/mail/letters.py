"""The texts of mails: a pair of Jinja templates each, `templates/<name>.txt` and `.html`."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from adapters.mail.mail import Mail

TEMPLATES: Final = Path(__file__).parent / "templates"
_SUBJECT: Final = "Subject: "
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Letters:
    """Writes mails. All links in them begin with `public_url`, never with what a request says of its host."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")

    def write(self, letter: str, to: str, /, **values: object) -> Mail:
        """The mail of a pair of templates; the first line of the text is `Subject: …`, an empty one follows."""
        given = {"server": self._public_url, **values}
        written = _TEMPLATES.get_template(f"{letter}.txt").render(given)
        first, _, text = written.partition("\n")
        html = _TEMPLATES.get_template(f"{letter}.html").render({"subject": first.removeprefix(_SUBJECT), **given})
        return Mail(to, first.removeprefix(_SUBJECT), text.lstrip("\n"), html)

    def link(self, page: str, token: str) -> str:
        """Where a page of the client takes a token from: behind `#`, which browsers send to nobody."""
        return f"{self._public_url}/{page}#token={token}"
