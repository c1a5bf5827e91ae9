"""Writes the generated pages of `docs/`: every command from the command line itself, every setting from its model.

`python -m docs.generate` writes them; `--check` only says (exit code 1) that a page no longer tells the truth.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from aggregator.app.cli import VERBS
from aggregator.app.registry import registry
from aggregator.settings import schemas

HERE = Path(__file__).parent
MADE = "<!-- Written by `make docs` from the code; change the code, not this page. -->"


def commands_page() -> str:
    """Every verb with its arguments and options."""
    return "\n".join([MADE, "", "# Commands", "", *_commands()])


def _commands() -> Iterator[str]:
    yield "Every command takes `--config FOLDER` (or `JOBBFYR_CONFIG`), `--json` and `--debug`."
    for verb, (module, _) in VERBS.items():
        command: click.Command = getattr(importlib.import_module(f"aggregator.app.commands.{module}"), verb)
        context = click.Context(command, info_name=f"jobbfyr {verb}")
        yield f"\n## `jobbfyr {verb}`\n"
        yield f"`{' '.join(command.get_usage(context).removeprefix('Usage: ').split())}`\n"
        for block in (command.help or "").split("\n\n"):
            yield " ".join(block.split()) + "\n"
        own = [option for option in command.params if isinstance(option, click.Option) and _own(option)]
        if own:
            yield "| option | meaning |\n|---|---|"
            for option in own:
                names, text = option.get_help_record(context) or ("", "")
                yield f"| `{names}` | {' '.join(text.split())} |".replace("[", "\\[")
    yield ""


def _own(option: click.Option) -> bool:
    return option.name not in {"folder", "as_json", "debug"}


def settings_page() -> str:
    """Every key of every file of a region."""
    return "\n".join([MADE, "", "# Settings", "", *_settings()])


def _settings() -> Iterator[str]:
    yield "A region's folder, file by file. Every file is YAML 1.2; unknown and repeated keys are refused."
    for name, schema in schemas(registry()).items():
        yield f"\n## `{schema.get('title', name)}`\n"
        if "description" in schema:
            yield f"{schema['description']}\n"
        yield "| key | type | meaning |\n|---|---|---|"
        yield from _keys(schema, schema, "")
    yield ""


def _keys(schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for key, raw in schema.get("properties", {}).items():
        one = _resolve(raw, root)
        here = f"{path}{key}"
        star = " **required**" if key in required else ""
        default = f" Default: `{raw['default']}`." if raw.get("default") not in (None, {}, []) else ""
        text = raw.get("description") or one.get("description") or one.get("title") or ""
        yield f"| `{here}` | {_type(one)}{star} | {' '.join(text.split())}{default} |".replace("\n", " ")
        yield from _below(one, root, here)


def _below(one: Mapping[str, Any], root: Mapping[str, Any], here: str) -> Iterator[str]:
    for inner in (one, *(_resolve(option, root) for option in one.get("anyOf", ()))):
        if "properties" in inner:
            yield from _keys(inner, root, f"{here}.")
        values = _resolve(inner.get("additionalProperties") or {}, root) if inner.get("additionalProperties") else {}
        if isinstance(values, Mapping) and "properties" in values:
            yield from _keys(values, root, f"{here}.NAME.")
        items = _resolve(inner.get("items") or {}, root)
        if "properties" in items:
            yield from _keys(items, root, f"{here}[].")


def _resolve(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ANN401 - JSON Schema
    if not isinstance(schema, Mapping):
        return {}
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return dict(schema)


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " · ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(option) for option in schema["anyOf"] if option.get("type") != "null"))
    return str(schema.get("type", "mapping" if "properties" in schema or "$ref" in schema else "any"))


PAGES = {"commands.md": commands_page, "settings.md": settings_page}


def main() -> int:
    """Write the pages, or check them."""
    stale = []
    for name, page in PAGES.items():
        path, text = HERE / name, page()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        print(f"docs/{', docs/'.join(stale)} no longer tell the truth; run `make docs`", file=sys.stderr)  # noqa: T201 - a script
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
