"""The region's own templates: are their names ones that anybody reads, and can they be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.errors import Fault
from aggregator.settings.crosscheck import CONTENTS, Names
from aggregator.settings.documents import Folder
from aggregator.settings.faults import did_you_mean
from aggregator.settings.types import Registry

_ENDING = ".txt.j2"


def check_templates(folder: Folder, registry: Registry) -> Iterator[Fault]:
    """Faults in `templates/*.j2` and `templates/CHANNEL/*.j2`."""
    home = folder.path / "templates"
    if not home.is_dir():
        return
    names = Names(folder, registry)
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        if not path.is_file() or any(part.startswith(".") for part in parts) or path.name.endswith("~"):
            continue
        file = "/".join(("templates", *parts))
        wrong = _name(parts, names, registry)
        if wrong:
            yield Fault(file=file, line=1, column=1, path="", message=wrong)
        yield from _syntax(folder, file, registry)


def _name(parts: tuple[str, ...], names: Names, registry: Registry) -> str:
    """What is wrong with `vacancy.sv.txt.j2` or `bluesky/vacancy.sv.txt.j2` as a name; "" when nothing is."""
    if len(parts) > 2:
        return "templates stand in templates/ or templates/CHANNEL/, no deeper"
    if len(parts) == 2 and names.channels is not None and parts[0] not in {*names.channels, *registry.channels}:
        return f"unknown channel {parts[0]!r}{did_you_mean(parts[0], {*names.channels, *registry.channels})}"
    content, _, language = parts[-1].removesuffix(_ENDING).partition(".")
    if not parts[-1].endswith(_ENDING) or not language or content.startswith("_"):
        # A part that other templates include begins with _ and may be called anything.
        return "" if content.startswith("_") else f"a template is called CONTENT.LANGUAGE{_ENDING}"
    if content not in CONTENTS:
        return f"unknown content {content!r}{did_you_mean(content, CONTENTS)}"
    if names.languages is not None and language not in names.languages:
        return f"the region does not speak {language!r}{did_you_mean(language, names.languages)}"
    return ""


def _syntax(folder: Folder, file: str, registry: Registry) -> Iterator[Fault]:
    from jinja2 import TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        text = (folder.path / file).read_text("utf-8")
        # Only parsed, never rendered; autoescape would mean nothing.
        ImmutableSandboxedEnvironment(autoescape=False).parse(text)
        message, line = registry.template_check(text) if registry.template_check is not None else None, 1
    except TemplateSyntaxError as error:
        message, line = f"not a template: {error.message}", error.lineno
    except (OSError, UnicodeDecodeError) as error:
        message, line = f"cannot be read: {error}", 1
    except RecursionError:
        message, line = "not a template: nested too deep", 1
    if message:
        told = re.fullmatch(r"line (\d+): (.*)", message, re.DOTALL)  # a check may say which line it means
        line, message = (int(told[1]), told[2]) if told else (line, message)
        yield Fault(file=file, line=line, column=1, path="", message=message)
