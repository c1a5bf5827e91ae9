"""JavaScript literals that pages carry their data in, read without running anything.

Objects with bare or quoted names, lists, texts, numbers, `true`, `false`, `null`, trailing commas, comments, and
`JSON.parse('…')`. Any other bare word (a variable's name) is read as None.
"""

from __future__ import annotations

import json
import re

MAX_DEPTH = 30
"""How deep lists and objects may stand inside each other; those of job systems stay below 6."""

_SKIP = re.compile(r"(?:\s+|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]{1,16}|(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?)")
_WORD = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_CONSTANTS = {"true": True, "false": False}


class NoLiteralError(ValueError):
    """There is no literal where one was to be read, or it does not end."""


def read_literal(text: str, at: int = 0) -> tuple[object, int]:
    """The value of the literal that begins at `at`, and where it ends. Raises `NoLiteralError`."""
    return _value(text, at, 0)


def unquoted(string: str) -> str:
    """The text that a quoted JavaScript string means."""
    if "\\" not in string:
        return string[1:-1]
    plain = _ESCAPE.sub(_character, string[1:-1])
    if not any("\ud800" <= character <= "\udfff" for character in plain):
        return plain
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two halves make one character


def _character(match: re.Match[str]) -> str:
    braced, four, two, single = match.groups()
    if code := braced or four or two:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"
    return _SINGLE.get(single, single)


def _value(text: str, at: int, depth: int) -> tuple[object, int]:
    if depth > MAX_DEPTH:
        raise NoLiteralError("it is nested too deeply")
    at = _skip(text, at)
    opening = text[at : at + 1]
    if opening == "{":
        return _object(text, at + 1, depth)
    if opening == "[":
        return _list(text, at + 1, depth)
    if string := _STRING.match(text, at):
        return unquoted(string.group()), string.end()
    if word := _WORD.match(text, at):
        return _named(text, word, depth)
    if number := _NUMBER.match(text, at):
        return _number(number.group()), number.end()
    raise NoLiteralError(f"there is no value at {text[at : at + 20]!r}")


def _named(text: str, word: re.Match[str], depth: int) -> tuple[object, int]:
    if word.group() != "JSON.parse":
        return _CONSTANTS.get(word.group()), word.end()
    opening = _expect(text, word.end(), "(")
    quoted, at = _value(text, opening, depth + 1)
    try:
        return json.loads(str(quoted)), _expect(text, at, ")")
    except (ValueError, RecursionError) as error:
        raise NoLiteralError(f"what JSON.parse is given is no JSON ({error})") from error


def _list(text: str, at: int, depth: int) -> tuple[list[object], int]:
    found: list[object] = []
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return found, at + 1
        value, at = _value(text, at, depth + 1)
        found.append(value)
        at = _comma(text, at, "]")


def _object(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    found: dict[str, object] = {}
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        name = _STRING.match(text, at) or _WORD.match(text, at) or _NUMBER.match(text, at)
        if name is None:
            raise NoLiteralError(f"there is no name at {text[at : at + 20]!r}")
        written = name.group()
        value, at = _value(text, _expect(text, name.end(), ":"), depth + 1)
        found[unquoted(written) if written[0] in "'\"`" else written] = value
        at = _comma(text, at, "}")


def _comma(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return at + 1
    if text[at : at + 1] == closing:
        return at
    raise NoLiteralError(f"neither a comma nor {closing} at {text[at : at + 20]!r}")


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != mark:
        raise NoLiteralError(f"no {mark} at {text[at : at + 20]!r}")
    return at + 1


def _skip(text: str, at: int) -> int:
    match = _SKIP.match(text, at)
    return match.end() if match else at


def _number(written: str) -> int | float:
    if written.lower().lstrip("-").startswith("0x"):
        return int(written, 16)
    return int(written) if written.lstrip("-").isdigit() else float(written)
