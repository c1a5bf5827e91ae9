"""Changes to a region's files that leave everything else in them, comments too, byte for byte as it was.

A change is one cut in the text, found by the tree's offsets; before anything is written the new text is read again and
must say exactly what was meant, and the whole region must load with it. The file is then replaced in one step, so a
reader sees the old or the new one, never a half.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aggregator.errors import SettingsError, UsageError
from aggregator.settings import emit
from aggregator.settings.loader import load
from aggregator.settings.schema import schema_line
from aggregator.settings.types import Registry, Settings
from aggregator.settings.yamltree import Node, Parsed, decode, parse, show
from aggregator.settings.yamltree import Path as Steps

_BOM = b"\xef\xbb\xbf"


# --- on a region's files --------------------------------------------------------------------------------------------


def add_partner(folder: Path, registry: Registry, partner: Mapping[str, Any]) -> Path:
    """Write `partners/KEY.yml` for a new partner. Raises `UsageError` when the file is there already, `SettingsError`
    when the region would not load with it; nothing is written then.
    """
    file = f"partners/{partner.get('key', '')}.yml"
    if (folder / file).exists():
        raise UsageError(f"{file} is there already", hint="add a source to it instead")
    text = "\n".join([schema_line(file), "", *emit.block(dict(partner), 0)]) + "\n"
    _meant(text, dict(partner), file, ())
    _write(folder, registry, file, text.encode(), None)
    return folder / file


def add_source(folder: Path, registry: Registry, partner: str, source: Mapping[str, Any]) -> Path:
    """Add a source at the end of a partner's list. `partner` is its key. Raises as `set_value`."""
    file = partner_file(folder, partner)
    _change(folder, registry, file, lambda text: with_item(text, ("sources",), dict(source), file))
    return folder / file


def set_value(folder: Path, registry: Registry, file: str, path: Steps, value: emit.Value) -> None:
    """Set what stands at `path` in `file`, adding it and the keys above it when missing.

    Raises `UsageError` when the path cannot be followed, `SettingsError` when the region would no longer load.
    """
    _change(folder, registry, file, lambda text: with_value(text, path, value, file))


def remove_value(folder: Path, registry: Registry, file: str, path: Steps) -> None:
    """Remove what stands at `path`, its key with it. Raises as `set_value`, also when nothing stands there."""
    _change(folder, registry, file, lambda text: without_value(text, path, file))


def partner_file(folder: Path, key: str) -> str:
    """The file, relative to the folder, of the partner with this key. Raises `UsageError` when there is none."""
    for path in sorted((folder / "partners").glob("*.yml")):
        root = parse(decode(path.read_bytes(), path.name)[0], path.name).root
        found = root.find(("key",)) if root is not None else None
        if found is not None and found.text == key:
            return f"partners/{path.name}"
    raise UsageError(f"no partner has the key {key!r}")


def _change(folder: Path, registry: Registry, file: str, change: Any) -> None:  # noqa: ANN401 - str -> str
    try:
        before = (folder / file).read_bytes()
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    text, faults = decode(before or b"", file)
    if faults:
        raise SettingsError(faults)
    start = text if before is not None else schema_line(file) + "\n"
    after = change(start).encode()
    if before is not None and before.startswith(_BOM):
        after = _BOM + after
    _write(folder, registry, file, after, before)


def _write(folder: Path, registry: Registry, file: str, after: bytes, before: bytes | None) -> Settings:
    """Load the region as it would be, then replace the file at once."""
    settings = load(folder, registry, overlay={file: after})
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        if before is not None:
            shutil.copymode(path, name)
        else:
            Path(name).chmod(0o644)
        _unchanged(path, before, file)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    return settings


def _unchanged(path: Path, before: bytes | None, file: str) -> None:
    if (path.read_bytes() if path.exists() else None) != before:
        raise UsageError(f"{file} was changed by somebody else meanwhile", hint="try again")


# --- on text --------------------------------------------------------------------------------------------------------


def with_value(text: str, path: Steps, value: emit.Value, file: str = "") -> str:
    """The text with `value` at `path`."""
    root = _root(text, file)
    wanted = _data(root)
    _put(wanted, path, value, file)
    return _meant(_set(text, root, path, value), wanted, file, path)


def with_item(text: str, path: Steps, value: emit.Value, file: str = "") -> str:
    """The text with `value` as the last item of the list at `path`, which is begun when missing."""
    root = _root(text, file)
    node = root.find(path) if root is not None else None
    if node is None or (node.value is None and node.kind == "scalar") or (node.kind == "list" and not node.items):
        return with_value(text, path, [value], file)
    if node.kind != "list":
        raise UsageError(f"{file}: {show(path)} is not a list")
    wanted = _data(root)
    _at(wanted, path, file).append(value)
    if node.flow:
        changed = _into_flow(text, node, emit.flow(value))
    else:
        changed = _after(text, node, emit.item(value, node.column - 1))
    return _meant(changed, wanted, file, path)


def without_value(text: str, path: Steps, file: str = "") -> str:
    """The text without what stands at `path`."""
    root = _root(text, file)
    node = root.find(path) if root is not None else None
    if root is None or node is None or not path:
        raise UsageError(f"{file}: there is no {show(path) or 'such place'}")
    wanted = _data(root)
    holder = _at(wanted, path[:-1], file)
    del holder[path[-1] if isinstance(holder, list) else str(path[-1])]
    parent = root.find(path[:-1]) or root
    return _meant(_cut(text, root, parent, path), wanted, file, path)


def _root(text: str, file: str) -> Node | None:
    parsed: Parsed = parse(text, file)
    if parsed.faults:
        raise SettingsError(parsed.faults)
    return parsed.root if parsed.root is not None and parsed.root.kind == "map" else None


def _data(root: Node | None) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return copy.deepcopy(root.data()) if root is not None else {}


def _at(data: Any, path: Steps, file: str) -> Any:  # noqa: ANN401 - as above
    for at, step in enumerate(path):
        try:
            data = data[step]
        except (LookupError, TypeError) as error:
            raise UsageError(f"{file}: there is no {show(path[: at + 1])}") from error
    return data


def _put(data: Any, path: Steps, value: emit.Value, file: str) -> None:  # noqa: ANN401 - as above
    """Set a value in plain data as `set_value` does in text."""
    if not path:
        raise UsageError(f"{file}: say what is to be set")
    for at, step in enumerate(path[:-1]):
        if isinstance(data, dict) and data.get(str(step)) is None:
            data[str(step)] = {}
        data = _at(data, (step,), file) if isinstance(data, dict | list) else _at(None, path[: at + 1], file)
    if isinstance(data, list) and isinstance(path[-1], int) and -1 < path[-1] < len(data):
        data[path[-1]] = value
    elif isinstance(data, dict):
        data[str(path[-1])] = value
    else:
        raise UsageError(f"{file}: there is no {show(path)}")


def _meant(text: str, wanted: Any, file: str, path: Steps) -> str:  # noqa: ANN401 - as above
    """The text, once it is sure that it says what was meant."""
    parsed = parse(text, file)
    said = parsed.root.data() if parsed.root is not None else {}
    if parsed.faults or json.dumps(said or {}) != json.dumps(wanted):
        raise UsageError(f"{file}: {show(path)} cannot be changed safely where it stands", hint="edit it by hand")
    return text


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _last(text: str, node: Node) -> int:
    """Offset after a node's last character; a block text's own end is only after its line breaks."""
    return node.start + len(text[node.start : node.end].rstrip())


def _line_end(text: str, offset: int) -> int:
    """Offset of the line break at or after `offset`, the text's end when there is none."""
    found = [at for at in (text.find("\n", offset), text.find("\r", offset)) if at >= 0]
    return min(found, default=len(text))


def _after(text: str, node: Node, lines: list[str]) -> str:
    """Lines put below a block collection's last line, its comment included."""
    at = _line_end(text, _last(text, node))
    return text[:at] + "".join(_newline(text) + line for line in lines) + text[at:]


def _into_flow(text: str, node: Node, addition: str) -> str:
    """Something added before the closing bracket."""
    close = node.end - 1
    at = len(text[:close].rstrip())
    comma = ", " if node.entries or node.items else ""
    return text[:at].rstrip(",") + comma + addition + text[close:]


def _set(text: str, root: Node | None, path: Steps, value: emit.Value) -> str:
    if root is None:  # an empty file, or only comments
        start = text if not text or text.endswith(("\n", "\r")) else text + _newline(text)
        for step in reversed(path[1:]):
            value = {str(step): value}
        return start + "".join(line + _newline(text) for line in emit.entry(str(path[0]), value, 0))
    node, parent = root.find(path), root.find(path[:-1])
    if node is not None and parent is not None:
        return _replace(text, parent, path[-1], node, value)
    if parent is None or (parent.kind == "scalar" and parent.value is None):
        return _set(text, root, path[:-1], {str(path[-1]): value})
    if parent.flow or not parent.entries:
        return _into_flow(text, parent, f"{emit.scalar(str(path[-1]))}: {emit.flow(value)}")
    first = next(iter(parent.keys.values()))
    return _after(text, parent, emit.entry(str(path[-1]), value, first.column - 1))


def _replace(text: str, parent: Node, step: str | int, node: Node, value: emit.Value) -> str:
    """Another value where one stands."""
    whole = not node.flow and bool(node.entries or node.items)
    if not whole or parent.kind == "list" or parent.flow:
        gap = " " if node.start == node.end and text[node.start - 1 : node.start] == ":" else ""
        return text[: node.start] + gap + emit.flow(value) + text[_last(text, node) :]
    key = parent.keys[str(step)]
    colon = text.index(":", key.end) + 1
    lines = emit.entry(str(step), value, key.column - 1)
    inline, below = lines[0].partition(":")[2], lines[1:]
    if len(lines) == 1:
        inline = " " + emit.flow(value)
    rest = _line_end(text, colon)
    after = text[_line_end(text, _last(text, node)) :]
    return text[:colon] + inline + text[colon:rest] + "".join(_newline(text) + line for line in below) + after


def _cut(text: str, root: Node, parent: Node, path: Steps) -> str:
    """The text without an entry or item; the last of a collection leaves `{}` or `[]` behind."""
    spans = _spans(text, parent)
    steps: list[str | int] = [*parent.entries] if parent.kind == "map" else [*range(len(parent.items))]
    at = steps.index(path[-1])
    if len(steps) == 1 and parent is not root:
        return _set(text, root, path[:-1], {} if parent.kind == "map" else [])
    start, end = spans[at]
    if parent.flow:
        return text[: spans[at - 1][1]] + text[end:] if at else text[:start] + text[spans[1][0] :]
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if text[line:start].strip():  # the first key after a list's dash
        return text[:start] + text[spans[at + 1][0] :]
    stop = _line_end(text, end)
    stop += len(_newline(text)) if text[stop : stop + 1] else 0
    return text[:line] + text[stop:]


def _spans(text: str, parent: Node) -> list[tuple[int, int]]:
    """Where each entry or item of a collection begins (with its key or dash) and ends."""
    if parent.kind == "map":
        return [(parent.keys[key].start, _last(text, node)) for key, node in parent.entries.items()]
    if parent.flow:
        return [(node.start, _last(text, node)) for node in parent.items]
    return [(text.rfind("-", 0, node.start), _last(text, node)) for node in parent.items]
