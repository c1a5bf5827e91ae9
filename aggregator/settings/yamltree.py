"""YAML 1.2 text -> a tree that remembers where everything stands. No file is opened here.

The grammar is ruamel.yaml's; what a plain scalar means is decided here, after the core schema of YAML 1.2 (chapter
10.3.2 of its specification) without its `.inf` and `.nan`: `NO` is text, `0110` is the number 110, `12:30` is text.
What only makes configurations harder to trust is refused: duplicate keys, several documents, tags, directives, keys
that are not plain text, and anchors that would unfold into very much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from aggregator.errors import Fault
from aggregator.settings.yamlwords import in_words

Step = str | int
Path = tuple[Step, ...]
"""Where something stands in a document: keys and positions from 0, outermost first."""

MAX_DEPTH: Final = 40
"""Deepest nesting; a region's files need 6."""
MAX_NODES: Final = 50_000
"""Most nodes after anchors are unfolded: some hundred times what a large region's file holds."""

_INT = re.compile(r"[-+]?[0-9]{1,4000}")  # Python itself reads no longer ones
_OCT = re.compile(r"0o[0-7]{1,4000}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})


@dataclass(slots=True, kw_only=True)
class Node:
    """A value and its place. `line` and `column` count from 1, `start` and `end` are offsets into the text.

    One of three: a scalar (`value`, and `text` as written), a mapping (`keys` and `entries`), a list (`items`).
    `flow` tells `{…}` and `[…]` from the indented forms; `plain` a scalar without quotes.
    """

    kind: str
    line: int
    column: int
    start: int
    end: int
    value: Any = None
    text: str = ""
    plain: bool = False
    flow: bool = False
    keys: dict[str, Node] = field(default_factory=dict)
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    weight: int = 1

    def data(self) -> Any:  # noqa: ANN401 - whatever the YAML holds
        """The plain Python value: str, int, float, bool, None, dict and list."""
        if self.kind == "map":
            return {key: node.data() for key, node in self.entries.items()}
        if self.kind == "list":
            return [node.data() for node in self.items]
        return self.value

    def find(self, path: Path) -> Node | None:
        """The node at `path`, None when there is none."""
        node: Node | None = self
        for step in path:
            node = node.child(step) if node is not None else None
        return node

    def child(self, step: Step) -> Node | None:
        if self.kind == "map":
            return self.entries.get(str(step))
        if self.kind == "list" and isinstance(step, int) and -1 < step < len(self.items):
            return self.items[step]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file's tree (None when it cannot be read as YAML at all) and what is wrong with it as YAML."""

    root: Node | None
    faults: tuple[Fault, ...] = ()


def resolve(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar means in YAML 1.2's core schema; infinities and NaN stay text."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text)
    if _OCT.fullmatch(text):
        return int(text, 0)
    if _HEX.fullmatch(text):
        return int(text, 0)
    return _number(text) if _FLOAT.fullmatch(text) else text


def _number(text: str) -> str | float:
    number = float(text)
    return text if number in {float("inf"), float("-inf")} else number


def show(path: Path) -> str:
    """`("sources", 0, "kind")` -> `sources[0].kind`."""
    shown = ""
    for step in path:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else str(step)
    return shown


def decode(body: bytes, file: str) -> tuple[str, tuple[Fault, ...]]:
    """Bytes -> text; a byte that is not UTF-8 is a fault with its place, and the text is then empty."""
    try:
        return body.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8-sig", errors="replace")
        line, column = place(before, len(before))
        message = f"the byte 0x{body[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return "", (Fault(file=file, line=line, column=column, path="", message=message),)


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset into a text."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def parse(text: str, file: str) -> Parsed:
    """Text -> tree. Never raises for what a text can hold; `file` is only named in faults."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    builder = _Builder(file, text)
    try:
        builder.build(YAML(typ="safe", pure=True).parse(text))
    except _Stop:
        pass
    except MarkedYAMLError as error:
        line, column, message = in_words(error, text)
        builder.fault(line, column, "", message)
        builder.root = None
    except ReaderError as error:
        line, column = place(text, error.position)
        character = error.character if isinstance(error.character, int) else ord(error.character)
        builder.fault(line, column, "", f"the character U+{character:04X} may not stand in YAML; delete it")
        builder.root = None
    except (YAMLError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        # The parser's own slips on odd bytes: to the operator they are the file's fault, at a place nobody knows.
        builder.fault(1, 1, "", f"cannot be read as YAML ({type(error).__name__}: {error})")
        builder.root = None
    return Parsed(root=builder.root, faults=tuple(builder.faults))


class _Stop(Exception):  # noqa: N818 - it is no error but the end of reading
    """The rest of the text need not be read."""


class _Builder:
    """Events of the parser -> nodes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self.anchors: dict[str, Node] = {}
        self.events: Iterator[Any] = iter(())
        self.nodes = 0

    def fault(self, line: int, column: int, path: str, message: str) -> None:
        self.faults.append(Fault(file=self.file, line=line, column=column, path=path, message=message))

    def stop(self, event: Any, path: Path, message: str) -> _Stop:  # noqa: ANN401 - the parser's events are untyped
        self.fault(event.start_mark.line + 1, event.start_mark.column + 1, show(path), message)
        self.root = None
        return _Stop()

    def build(self, events: Iterator[Any]) -> None:
        self.events = events
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                if self.root is not None:
                    raise self.stop(event, (), "a second document begins here; a settings file holds one")
                if event.version or event.tags:
                    raise self.stop(event, (), "directives (%YAML, %TAG) are not used here; delete the line")
            elif name not in {"StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"}:
                self.root = self.node(event, ())

    def node(self, event: Any, path: Path) -> Node:  # noqa: ANN401 - as above
        if len(path) > MAX_DEPTH:
            raise self.stop(event, path[:3], f"nested deeper than {MAX_DEPTH} levels")
        name = type(event).__name__
        if name == "AliasEvent":
            return self.alias(event, path)
        self.count(event, path, 1)
        tag = event.tag
        if tag is not None and str(tag) != "!":
            raise self.stop(event, path, f"the tag {tag} is not used here; delete it")
        made = {"ScalarEvent": self.scalar, "MappingStartEvent": self.mapping, "SequenceStartEvent": self.sequence}
        node = made[name](event, path)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: Any, path: Path) -> Node:  # noqa: ANN401 - as above
        found = self.anchors.get(event.anchor)
        if found is None:
            raise self.stop(event, path, f"nothing above is marked &{event.anchor}")
        self.count(event, path, found.weight)
        return found

    def count(self, event: Any, path: Path, weight: int) -> None:  # noqa: ANN401 - as above
        self.nodes += weight
        if self.nodes > MAX_NODES:
            raise self.stop(event, path[:3], f"unfolds into more than {MAX_NODES} values; write less, or no anchors")

    def bare(self, event: Any, kind: str) -> Node:  # noqa: ANN401 - as above
        start, end = event.start_mark, event.end_mark
        return Node(kind=kind, line=start.line + 1, column=start.column + 1, start=start.index, end=end.index)

    def scalar(self, event: Any, path: Path) -> Node:  # noqa: ANN401 - as above
        node = self.bare(event, "scalar")
        node.text = event.value
        node.plain = event.style is None or event.style == ""
        node.value = resolve(event.value) if node.plain and event.tag is None else event.value
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            raise self.stop(event, path, "half a character (a lone surrogate) is written here")
        return node

    def mapping(self, event: Any, path: Path) -> Node:  # noqa: ANN401 - as above
        node = self.bare(event, "map")
        node.flow = bool(event.flow_style)
        for key_event in self.events:
            if type(key_event).__name__ == "MappingEndEvent":
                break
            if type(key_event).__name__ != "ScalarEvent":
                raise self.stop(key_event, path, "a key must be plain text")
            key = self.node(key_event, path)
            step = (*path, key.text)
            value = self.node(next(self.events), step)
            if value.kind == "scalar" and value.plain and not value.text:
                self.place_empty(value, key)
            if key.text in node.entries:
                first = node.keys[key.text].line
                self.fault(key.line, key.column, show(step), f"the key {key.text!r} stands already in line {first}")
                continue
            node.keys[key.text], node.entries[key.text] = key, value
            node.weight += value.weight
            node.end = value.end
        if node.flow:
            node.end = _end(key_event)
        return node

    def place_empty(self, value: Node, key: Node) -> None:
        """The parser puts a value that is not there before whatever comes next; it belongs behind its key."""
        colon = self.text.find(":", key.end)
        if colon >= 0 and value.start == value.end:
            value.start = value.end = colon + 1
            value.line, value.column = place(self.text, colon + 1)

    def sequence(self, event: Any, path: Path) -> Node:  # noqa: ANN401 - as above
        node = self.bare(event, "list")
        node.flow = bool(event.flow_style)
        for item_event in self.events:
            if type(item_event).__name__ == "SequenceEndEvent":
                break
            value = self.node(item_event, (*path, len(node.items)))
            node.items.append(value)
            node.weight += value.weight
            node.end = value.end
        if node.flow:
            node.end = _end(item_event)
        return node


def _end(event: Any) -> int:  # noqa: ANN401 - as above
    return int(event.end_mark.index)
