"""A region's folder -> its files, parsed: the only place of `load` that reads the disk.

Which files belong to a region is fixed, so a misspelt name (`campaign.yml`, `acme.yaml`) is a fault and never a file
that is silently passed over. Other programs' YAML may lie beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aggregator.errors import Fault
from aggregator.settings.yamltree import Node, decode, parse
from aggregator.settings.yamltree import Path as Steps

MAIN: Final = "jobbfyr.yml"
OPTIONAL: Final = ("channels.yml", "campaigns.yml", "stories.yml", "tags.yml", "brand/brand.yml")
MAX_BYTES: Final = 1_000_000
"""Largest settings file; a region of a hundred partners has files of a few kB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file. `root` is a mapping (empty when the file is, or is not there); `whole` is false when what it says
    is not fully known, so that nothing may be concluded from what is missing in it.
    """

    file: str
    text: str
    root: Node
    whole: bool = True

    def find(self, *path: str | int) -> Node | None:
        return self.root.find(path)

    def fault(self, path: Steps, message: str, *, node: Node | None = None, key: bool = False) -> Fault:
        """A fault at `path`: at its value, or at its key; `node` when the value is at hand."""
        from aggregator.settings.yamltree import show

        at = node or self.root.find(path) or self.root
        if key and path:
            holder = self.root.find(path[:-1])
            at = holder.keys.get(str(path[-1]), at) if holder is not None else at
        return Fault(file=self.file, line=at.line, column=at.column, path=show(path), message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """All files of a region and what is wrong with them as files and as YAML."""

    path: Path
    documents: Mapping[str, Document]
    faults: tuple[Fault, ...] = ()
    partners: tuple[Document, ...] = field(default=())

    def __getitem__(self, file: str) -> Document:
        return self.documents[file]

    def order(self) -> list[str]:
        """Names of files in the order in which faults are told."""
        return [MAIN, *(document.file for document in self.partners), *OPTIONAL]


def read_folder(folder: Path, overlay: Mapping[str, bytes] | None = None) -> Folder:
    """Every file of the region. `overlay` gives the bytes of files as they are about to become."""
    overlay = overlay or {}
    faults: list[Fault] = list(_strangers(folder))
    documents: dict[str, Document] = {}
    partners: list[Document] = []
    for file in (MAIN, *OPTIONAL):
        there = file in overlay or _is_there(folder / file)
        if file == MAIN and not there:
            message = f"is missing; {folder} is no region's folder (jobbfyr init makes one)"
            faults.append(Fault(file=file, line=1, column=1, path="", message=message))
        documents[file], wrong = _read(folder, file, overlay) if there else (_nothing(file), ())
        if file == MAIN and not there:
            documents[file] = _nothing(file, whole=False)
        faults.extend(wrong)
    for file in sorted({*_partner_files(folder), *(file for file in overlay if file.startswith("partners/"))}):
        document, wrong = _read(folder, file, overlay)
        partners.append(document)
        documents[file] = document
        faults.extend(wrong)
    return Folder(path=folder, documents=documents, faults=tuple(faults), partners=tuple(partners))


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()  # a broken link is there, and unreadable


def _nothing(file: str, *, whole: bool = True) -> Document:
    return Document(file=file, text="", root=Node(kind="map", line=1, column=1, start=0, end=0), whole=whole)


def _read(folder: Path, file: str, overlay: Mapping[str, bytes]) -> tuple[Document, tuple[Fault, ...]]:
    body, wrong = overlay.get(file), ""
    if body is None:
        body, wrong = _bytes(folder / file)
    if wrong:
        return _nothing(file, whole=False), (Fault(file=file, line=1, column=1, path="", message=wrong),)
    text, faults = decode(body, file)
    if faults:
        return _nothing(file, whole=False), faults
    parsed = parse(text, file)
    root = parsed.root
    if root is None or (root.kind == "scalar" and root.value is None):
        return _nothing(file, whole=not parsed.faults), parsed.faults
    if root.kind != "map":
        message = "a settings file holds keys with values, such as name: …"
        fault = Fault(file=file, line=root.line, column=root.column, path="", message=message)
        return _nothing(file, whole=False), (*parsed.faults, fault)
    return Document(file=file, text=text, root=root), parsed.faults


def _bytes(path: Path) -> tuple[bytes, str]:
    """A file's bytes, or why they cannot be had."""
    try:
        if not path.is_file() and path.exists():
            return b"", "is not a file"
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return b"", f"cannot be read: {error.strerror or error}"
    if len(body) > MAX_BYTES:
        return b"", f"is larger than {MAX_BYTES} bytes; a settings file never is"
    return body, ""


def _partner_files(folder: Path) -> list[str]:
    return [f"partners/{name}" for name in _names(folder / "partners") if name.endswith(".yml")]


def _names(folder: Path) -> list[str]:
    """Names in a folder that can be meant as settings: no hidden files, no editors' copies."""
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and path.name[-1] != "~")
    except OSError:
        return []


def _strangers(folder: Path) -> Iterator[Fault]:
    """YAML files that seem meant as settings and would never be read."""
    known = (MAIN, *OPTIONAL)
    for sub in ("", "partners/", "brand/"):
        for name in _names(folder / sub):
            file = f"{sub}{name}"
            if name.endswith(".yaml") and (sub == "partners/" or f"{file[:-5]}.yml" in known):
                message = f"settings files end in .yml; rename it to {name[:-5]}.yml"
            elif name.endswith((".yml", ".yaml")) and file not in known and sub != "partners/":
                meant = _meant(folder / file, [Path(one).stem for one in known])
                if not meant:
                    continue
                message = f"no settings file is called so (did you mean {meant}.yml?)"
            else:
                continue
            yield Fault(file=file, line=1, column=1, path="", message=message)


def _meant(path: Path, known: list[str]) -> str:
    """Which settings file this one seems to be, by its name or by what stands in it; "" for none."""
    from rapidfuzz import fuzz, process

    near = process.extractOne(path.stem.lower(), known, scorer=fuzz.ratio, score_cutoff=70)
    if near is not None:
        return str(near[0])
    keys = {"region": "jobbfyr", "tiers": "jobbfyr", "topics": "tags", "colours": "brand"} | {
        one: one for one in ("channels", "campaigns", "stories")
    }
    head = _bytes(path)[0].decode("utf-8", errors="replace")
    return next((file for key, file in keys.items() if re.search(rf"^{key}:", head, re.MULTILINE)), "")
