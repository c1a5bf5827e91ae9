"""Plain values -> YAML text that `yamltree` reads back as the same values. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aggregator.settings.yamltree import resolve

Value = Any
"""str, int, float, bool, None, and lists and mappings of such."""

_SPECIAL: Final = set("\"'&*!|>%@`{}[],#?\\")
_WIDTH: Final = 118


def scalar(value: Value) -> str:
    """One value on one line, quoted only where it must be."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return text if _is_plain(text) else quoted(text)


def _is_plain(text: str) -> bool:
    return (
        text.isprintable()
        and text == text.strip()
        and isinstance(resolve(text), str)
        and (text[0].isalnum() or text[0] == "/")
        and not _SPECIAL & set(text)
        and ": " not in text
        and not text.endswith(":")
    )


def quoted(text: str) -> str:
    """In double quotes, with escapes for whatever cannot be seen."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(one) or (one if one.isprintable() else _escape(one)) for one in text) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def flow(value: Value) -> str:
    """A value of any depth on one line: `{kind: teamtailor, url: …}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def entry(key: str, value: Value, indent: int) -> list[str]:
    """`key: value` as lines, `indent` spaces in: on one line when it fits, else indented below."""
    start = " " * indent + f"{scalar(key)}:"
    nested = isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))
    deep = nested and any(isinstance(one, Mapping | list | tuple) for one in _below(value))
    line = f"{start} {flow(value)}"
    if nested and value and (deep or len(line) > _WIDTH):
        return [start, *block(value, indent + 2)]
    if isinstance(value, str) and len(line) > _WIDTH and _folds(value):
        pad = " " * (indent + 2)
        lines = textwrap.wrap(value, _WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
        return [f"{start} >-", *(pad + one for one in lines)]
    return [line]


def _below(value: Mapping[str, Value] | Sequence[Value]) -> list[Value]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _folds(text: str) -> bool:
    """Whether folding it into lines and back gives the same text."""
    return text.isprintable() and text == " ".join(text.split()) and not text.startswith("#")


def block(value: Value, indent: int) -> list[str]:
    """A mapping or list as indented lines."""
    if isinstance(value, Mapping):
        return [line for key, one in value.items() for line in entry(str(key), one, indent)]
    return [line for one in value for line in item(one, indent)]


def item(value: Value, indent: int) -> list[str]:
    """One item of an indented list."""
    if isinstance(value, Mapping) and value:
        lines = block(value, indent + 2)
        return [" " * indent + "- " + lines[0].lstrip(), *lines[1:]]
    return [" " * indent + "- " + flow(value)]
