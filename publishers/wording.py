"""Words for people: the region's templates and the shipped ones, dates and places as they are said. Pure but for
reading template files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.errors import JobbfyrError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

SHIPPED = Path(__file__).parent / "templates"
NAMES = frozenset(
    {
        *("title", "text", "employer", "partner", "place", "places", "region", "language"),
        *("deadline", "deadline_words", "needs_no_degree", "link", "hashtags", "items", "more", "story"),
    }
)
"""What a template may use."""
MOST_PLACES = 3
"""So many places are named before `and more`."""


class ComposeError(JobbfyrError):
    """No message can be made of this draft for this channel: a bad link, a broken template, too little room."""


class Templates:
    """The region's templates over those shipped: `channel/vacancy.sv.txt.j2` before `vacancy.sv.txt.j2`, and all of
    the region's before any of ours. A language without templates falls back to English ones.

    Sandboxed and strict: a template sees only `NAMES`, and a name it misspells is an error, not a gap.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._rooms: list[ImmutableSandboxedEnvironment] = []

    def render(self, kind: str, language: str, names: Mapping[str, Any], *, channel: Sequence[str] = ()) -> str:
        """The text of template `kind`; `channel` are the folders to look into first (its name, its kind).

        Raises `ComposeError` when there is no such template or it cannot be rendered.
        """
        from jinja2 import TemplateError

        tongues = tuple(dict.fromkeys((language, "en")))
        folders = (*(f"{one}/" for one in channel), "")
        try:
            return tidy(self._pick(kind, tongues, folders).render(dict(names)))
        except TemplateError as error:
            where = getattr(error, "name", None) or f"{kind}.{language}.txt.j2"
            line = getattr(error, "lineno", None)
            place = f"{where}:{line}" if line else where
            raise ComposeError(f"template {place}: {error}", hint="mend the template") from error
        except Exception as error:  # a template is an operator's program: whatever it does wrong is its own fault
            raise ComposeError(f"template {kind}.{language}.txt.j2: {error}", hint="mend the template") from error

    def _pick(self, kind: str, tongues: Sequence[str], folders: Sequence[str]) -> Template:
        from jinja2 import TemplateNotFound

        for tongue, room, folder in product(tongues, self._environments(), folders):
            name = f"{folder}{kind}.{tongue}.txt.j2"
            try:
                return room.get_template(name)
            except TemplateNotFound as error:
                if error.name != name:
                    raise  # something that it includes, not the template itself
        raise TemplateNotFound(f"{kind}.{tongues[0]}.txt.j2")

    def _environments(self) -> list[ImmutableSandboxedEnvironment]:
        if not self._rooms:
            from jinja2 import FileSystemLoader

            folders = [folder for folder in (self.folder, SHIPPED) if folder is not None]
            self._rooms = [_environment(FileSystemLoader(folder)) for folder in folders]
        return self._rooms


def _environment(loader: Any = None) -> ImmutableSandboxedEnvironment:  # noqa: ANN401 - a jinja2 loader, lazily
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=False,  # posts are plain text: escaping would show as `&amp;`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def check_template(source: str) -> str | None:
    """What is wrong with a template's text, in words and with its line; None when nothing is."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    try:
        room = _environment()
        tree = room.parse(source)
        room.compile(source)  # a filter or test that does not exist is only found here
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {error.message}"
    unknown = sorted(find_undeclared_variables(tree) - NAMES - set(room.globals))
    if unknown:
        return f"unknown name {', '.join(unknown)}; a template may use {', '.join(sorted(NAMES))}"
    return None


def tidy(text: str) -> str:
    """A rendered text without blanks at its lines' ends and without more than one empty line in a row."""
    lines = [" ".join(line.split(" ")).rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _locale(language: str) -> Any:  # noqa: ANN401 - babel.Locale; imported lazily
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse({"en": "en_GB", "sv": "sv_SE"}.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def date_words(day: date, language: str, *, today: date | None = None) -> str:
    """A date as people write it (`3 december`, `3 December`); with its year when ten months or more away."""
    from babel.dates import format_date, format_skeleton

    locale = _locale(language)
    if today is not None and abs((day - today).days) > 300:
        return format_date(day, "long", locale=locale)
    return format_skeleton("MMMMd", day, locale=locale)


def place_words(places: Sequence[str], language: str) -> str:
    """Places as a list in words (`Falun, Mora och Rättvik`), the fourth and later ones as their number."""
    from babel.lists import format_list

    named = list(places[:MOST_PLACES])
    rest = len(places) - len(named)
    if rest:
        named.append({"sv": f"{rest} till"}.get(language, f"{rest} more"))
    return format_list(named, locale=_locale(language)) if named else ""
