"""Writes the generated pages of `docs/`: every command from the command line itself, every setting from its model.

`python -m docs.generate` writes them; `--check` only says (exit code 1) that a page no longer tells the truth.
"""

# ruff: noqa: E501 - the rows of a table in Markdown cannot be broken

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


INTRODUCTION = """\
A region's folder, file by file. `jobbfyr check` reads all of it and tells every fault at once, with file, line and column;
unknown and repeated keys are faults too. Every file begins with a line that makes editors complete and explain the keys.

## How YAML reads what you type

The files are YAML 1.2: `NO`, `yes`, `on` and `off` are words, and only `true` and `false` are truth values; `on_red_days: yes`
is a fault and not a yes. What is all digits is still a number, and what begins with a sign that YAML knows is not text. So put
these in quotes:

| what | write | else |
|---|---|---|
| a code of municipality or occupation | `"0684"`, `"2081"`, `"7212"` | it is a number, and a number has no zero in front |
| a colour | `"#8a1c1c"` | `#` begins a comment, and nothing is left |
| a hashtag | `Dalarna`, without its `#` | a comment |
| a time of day | `07:30` or `"07:30"` | both are text; `7` is a number |
| a text with `: ` or ` #` in it, or one that begins with `@`, `*`, `&`, `!`, `%`, `>`, `[` or `{` | `"Svets: natt"` | a mapping, a comment or a fault |
| a long text | `>-` and the text on the lines below, indented | everything on one line |

Indent with spaces; a tab is a fault.

## Secrets

A secret never stands in a file. Where one belongs, name the environment variable that holds it: `token: {env: MASTODON_TOKEN}`.
It is read when it is needed, and is blotted out wherever it could be shown. [operate.md](operate.md) tells where to put it.

## What must never change

These are part of what is remembered; a new one begins a new life. Everything else may be changed at any time.

| key | what happens when it changes |
|---|---|
| `region.key` | the region's name in addresses and keys |
| a partner's `key` | all its ads are new ones, and the old ones close |
| a source's `name` (its `kind` when it has none) | as above, for this source |
| a campaign's key | what its slots showed stays in the ledger, but the slots of the last twelve hours may be filled again |
| a channel's name | posts that wait for it stay behind, and what it showed is forgotten |
| a tier's key | only together with the partners that name it |
| a story's key, a topic's code | the story was never shown; the topic's filter begins anew |
| `site.address` | links in posts that are out already lead to the old one: let it redirect |
"""


def _settings() -> Iterator[str]:
    yield INTRODUCTION
    for name, schema in schemas(registry()).items():
        file, _, text = schema.get("description", "").partition(": ")
        yield f"\n## `{file or name}`\n"
        if text:
            yield f"{text[:1].upper()}{text[1:]}\n"
        yield "| key | type | meaning |\n|---|---|---|"
        yield from _keys(schema, schema, "")
    made = schemas(registry())
    (channel,) = made["channels.json"]["properties"]["channels"]["patternProperties"].values()
    yield from _options("channel", "Channels", "`channels.yml`, beside `kind`", channel, made["channels.json"])
    source = made["partner.json"]["$defs"]["SourceModel"]
    yield from _options("kind", "Source kinds", "a source's `options`", source, made["partner.json"])
    yield ""


def _options(what: str, heading: str, where: str, holder: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    """What each channel or source kind can be told, from the schema's `if` and `then`; their own pages tell more."""
    page = {"channel": "channels.md", "kind": "kinds.md"}[what]
    yield f"\n## {heading}\n"
    yield f"What each {what} can be told in {where}. [{page}]({page}) tells more."
    for case in holder["allOf"]:
        options = case["then"] if what == "channel" else _resolve(case["then"]["properties"]["options"], root)
        own = {key: value for key, value in options.get("properties", {}).items() if key != "kind"}
        yield f"\n### `{case['if']['properties']['kind']['const']}`\n"
        if own:
            yield "| option | type | meaning |\n|---|---|---|"
            yield from _keys({**options, "properties": own}, root, "")
        else:
            yield "No options."


def _keys(schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for key, raw in schema.get("properties", {}).items():
        one = _resolve(raw, root)
        here = f"{path}{key}"
        star = " **required**" if key in required else ""
        default = f" Default: `{raw['default']}`." if _worth_telling(raw.get("default")) else ""
        text = raw.get("description") or one.get("description") or ""
        yield f"| `{here}` | {_type(one)}{star} | {' '.join(text.split())}{default} |".replace("\n", " ")
        yield from _below(one, root, here)


def _below(one: Mapping[str, Any], root: Mapping[str, Any], here: str) -> Iterator[str]:
    for inner in (one, *(_resolve(option, root) for option in one.get("anyOf", ()))):
        if "properties" in inner:
            yield from _keys(inner, root, f"{here}.")
        for values in _values(inner, root):
            if "properties" in values:
                yield from _keys(values, root, f"{here}.NAME.")
        items = _resolve(inner.get("items") or {}, root)
        if "properties" in items:
            yield from _keys(items, root, f"{here}[].")


def _worth_telling(default: object) -> bool:
    """A mapping's default is told by its parts."""
    return default not in (None, "", []) and not isinstance(default, Mapping)


def _values(mapping: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What stands under the names of a mapping whose keys are free."""
    for part in (mapping.get("additionalProperties"), *mapping.get("patternProperties", {}).values()):
        if isinstance(part, Mapping):
            yield _resolve(part, root)


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
