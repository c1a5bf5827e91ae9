"""JSON Schemas of a region's files, so that editors complete keys, kinds and options, and mark what is wrong.

Written beside the region's YAML in `.schema/`, where the `yaml-language-server` line of every file points. Draft
2020-12, as pydantic writes it.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from aggregator.settings import models
from aggregator.settings.types import Registry

FOLDER: Final = ".schema"
Schema = dict[str, Any]


def schemas(registry: Registry) -> dict[str, Schema]:
    """Schema by file name (`jobbfyr.json`, `partner.json`, `channels.json` …)."""
    made = {f"{Path(file).stem}.json": _of(model) for file, model in models.FILES.items()}
    made["partner.json"] = _of(models.PartnerFile)
    _add_short_database(made["jobbfyr.json"])
    _add_kinds(made["partner.json"], registry.kinds, registry.without_url)
    _add_channels(made["channels.json"], registry.channels)
    for name, schema in made.items():
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = f"Jobbfyr: {schema.get('description', name).split(':')[0]}"
    return made


def write_schemas(folder: Path, registry: Registry) -> tuple[Path, ...]:
    """Write the schemas into the region's `.schema/`; files that are the same already are left alone."""
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas(registry).items():
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        path = home / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        written.append(path)
    return tuple(written)


def schema_line(file: str) -> str:
    """The first line of a region's file, such as `partners/acme.yml`."""
    stem = "partner" if file.startswith("partners/") else Path(file).stem
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{FOLDER}/{stem}.json"


def _of(model: type[BaseModel]) -> Schema:
    schema = model.model_json_schema()
    _close(schema)
    return schema


def _close(part: Any) -> None:  # noqa: ANN401 - any part of a schema
    """Keys that do not fit a mapping's pattern are faults; pydantic's schema would let them pass."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for below in part.values():
            _close(below)
    elif isinstance(part, list):
        for below in part:
            _close(below)


def _add_short_database(schema: Schema) -> None:
    long = schema["properties"]["database"]
    short = {"type": "string", "pattern": "^(sqlite:///|postgresql\\+psycopg://)", "description": "The address alone"}
    schema["properties"]["database"] = {
        "anyOf": [short, long],
        "default": "sqlite:///jobbfyr.db",
        "description": "Where everything is remembered: SQLite in this folder, or PostgreSQL",
    }


def _embed(schema: Schema, model: type[BaseModel], prefix: str) -> Schema:
    """`model`'s schema, its own definitions moved into `schema`'s under a prefix so that none collide."""
    made = model.model_json_schema(ref_template=f"#/$defs/{prefix}.{{model}}")
    parts = made.pop("$defs", {})
    for name, one in _models(model).items():
        _describe(made if one is model else parts.get(name, {}), one)
    for name, definition in parts.items():
        schema.setdefault("$defs", {})[f"{prefix}.{name}"] = definition
    made.pop("title", None)
    return made


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A model and those its fields are made of, by class name, as pydantic names definitions."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[Any] = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in found.values():
                found[one.__name__] = one
                waiting.extend(info.annotation for info in one.model_fields.values())
        else:
            waiting.extend(typing.get_args(one))
    return found


def _describe(schema: Schema, model: type[BaseModel]) -> None:
    """Descriptions from the docstrings below a model's fields, where a field has none of its own."""
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and base is not object:
            told |= _docstrings(base)
    for name, part in schema.get("properties", {}).items():
        if "description" not in part and name in told:
            part["description"] = told[name]


def _docstrings(owner: type) -> dict[str, str]:
    """Field -> the text that stands below it in the class's source; empty where there is no source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        field.target.id: " ".join(str(below.value.value).split())
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _add_kinds(schema: Schema, kinds: Mapping[str, type[BaseModel]], without_url: frozenset[str]) -> None:
    """A source's `kind` decides what its `options` may be and whether it needs a `url`."""
    source = schema["$defs"]["SourceModel"]
    source["properties"]["kind"]["enum"] = sorted(kinds)
    cases = []
    for name in sorted(kinds):
        options = _embed(schema, kinds[name], f"kind.{name}")
        then: Schema = {"properties": {"options": options}}
        required = [] if name in without_url else ["url"]
        required += ["options"] if options.get("required") else []
        if required:
            then["required"] = required
        cases.append({"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": then})
    if cases:
        source["allOf"] = cases


def _add_channels(schema: Schema, channels: Mapping[str, type[BaseModel]]) -> None:
    """A channel's `kind` decides which options stand beside it."""
    cases = []
    for name in sorted(channels):
        options = _embed(schema, channels[name], f"channel.{name}")
        options["properties"] = {"kind": {"const": name}, **options.get("properties", {})}
        cases.append({"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": options})
    channel: Schema = {
        "type": "object",
        "properties": {"kind": {"enum": sorted(channels), "description": "What service it is"}},
        "required": ["kind"],
    }
    if cases:
        channel["allOf"] = cases
    listed = schema["properties"]["channels"]
    listed["patternProperties"] = dict.fromkeys(listed["patternProperties"], channel)
