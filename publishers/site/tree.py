"""A folder that is replaced at once: a whole new tree stands beside the old one and is swapped in by one rename.

The public folder is a symbolic link to the tree in force (`site -> .site-x1y2z3`), because only a link can be replaced
in one step everywhere. Files that did not change are hard links to the old ones, so their mtime, their inode and a web
server's caches stay.

The tree before the one in force is kept: the next build brings it up to date and swaps it in, so that what a build
costs grows with what changed and not with the site. Beside each tree lies its manifest (`.site-x1y2z3.json`): every
file with the mark of what it was made from, so that a page whose mark is the same is not even rendered. The tree in
force is never touched; one being worked on has no manifest, and what an interrupted build leaves is swept by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Self

from aggregator.errors import JobbfyrError

_MAKE = 1
"""Of the manifests; one of another make is not read, and its tree compared byte by byte."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a tree: the mark it was made from ("" for none), a token that is the same for the same bytes, and size
    (bytes) and mtime (ns), by which a file that somebody else touched is known.
    """

    mark: str
    token: str
    size: int
    mtime: int


class Tree:
    """One build of a folder: `put` or `keep` every file, then `swap`. Use as a context manager; leaving it without
    `swap` leaves the old tree. `memo` is any JSON that the next build finds in its `former_memo`.

    Raises `JobbfyrError` when the folder holds something that is not ours or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.removed = 0
        self.memo: dict[str, Any] = {}
        self.former_memo: Mapping[str, Any] = {}
        self._files: dict[str, _File] = {}
        self._kept: list[str] = []
        self._made: set[Path] = set()
        self._old: Path | None = None
        self._known: dict[str, _File] | None = None
        self._spare: Path | None = None
        self._new: Path | None = None
        self._there: dict[str, _File] = {}
        self._entered = False

    def __enter__(self) -> Self:
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._old = self._standing()
            if self._old and (manifest := _read(self._old)):
                self._known, self.former_memo = manifest
            self._sweep()
        except OSError as error:
            raise self._failed(error) from error
        self._entered = True
        return self

    def __exit__(self, *_: object) -> None:
        self._entered = False
        if self._new is not None:
            shutil.rmtree(self._new, ignore_errors=True)
            _manifest(self._new).unlink(missing_ok=True)

    @property
    def _prefix(self) -> str:
        return f".{self.folder.name}-"

    def _standing(self) -> Path | None:
        """The tree in force; an empty folder is taken over, anything else must be ours."""
        if self.folder.is_symlink():
            target = self.folder.parent / self.folder.readlink()
            if not target.name.startswith(self._prefix):
                raise JobbfyrError(f"{self.folder} is a link to {target}, not to a site built here", hint="remove it")
            return target if target.is_dir() else None
        if self.folder.exists():
            if not self.folder.is_dir() or any(self.folder.iterdir()):
                raise JobbfyrError(
                    f"{self.folder} exists and was not built here", hint="remove it, or choose another folder"
                )
            self.folder.rmdir()
        return None

    def _sweep(self) -> None:
        """Remains of builds that were interrupted; the tree before the one in force stays as the spare."""
        leftovers = [path for path in self.folder.parent.glob(f"{self._prefix}*") if path != self._old]
        folders = [path for path in leftovers if path.is_dir() and not path.is_symlink()]
        self._spare = next((path for path in folders if _manifest(path).is_file()), None) if self._old else None
        stay = {_manifest(path) for path in (self._old, self._spare) if path}
        for leftover in leftovers:
            if leftover in folders:
                if leftover != self._spare:
                    shutil.rmtree(leftover)
            elif leftover not in stay:
                leftover.unlink()

    # --- filling ----------------------------------------------------------------------------------------------------

    def keep(self, path: str, mark: str) -> bool:
        """Keep the old file at `path` if it was made from the same `mark` and nobody touched it since; whether so."""
        had = self._known.get(path) if self._known else None
        if had is None or not mark or had.mark != mark or not self._untouched(path, had):
            return False
        self._claim(path)
        self._files[path] = had
        self._kept.append(path)
        return True

    def put(self, path: str, content: bytes, mark: str = "") -> None:
        """Write the file at `path` (posix, below the folder), or keep the old one when its bytes are the same.

        `mark` tells what it was made from, for a later `keep`; it must change whenever the content could.
        """
        self._claim(path)
        token = hashlib.blake2b(content, digest_size=16).hexdigest()
        try:
            if self._old and self._same(path, content, token):
                self._kept.append(path)
                self._files[path] = _stamped(self._old / path, mark, token)
            else:
                self._files[path] = _stamped(self._write(path, content), mark, token)
                self.written += 1
        except OSError as error:
            raise self._failed(error) from error

    def put_file(self, path: str, source: Path) -> None:
        """Take a file as it is (a card, a logo), by hard link where the file system can; same path, same content."""
        if self.keep_file(path):
            return
        self._claim(path)
        try:
            self._link(source, path)
            self._files[path] = _stamped(self._begin() / path, path, path)
            self.written += 1
        except OSError as error:
            raise self._failed(error) from error

    def keep_file(self, path: str) -> bool:
        """Keep a file that `put_file` took before; whether there is one."""
        return self.keep(path, path)

    def _claim(self, path: str) -> None:
        assert self._entered, "a tree is written inside its `with`"
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or path in self._files:
            raise ValueError(f"{path!r} leads out of the site or is written twice")

    def _untouched(self, path: str, had: _File) -> bool:
        try:
            now = os.stat(f"{self._old}/{path}")  # noqa: PTH116 - asked of every file of a build: a Path costs as much
        except OSError:
            return False
        return now.st_size == had.size and now.st_mtime_ns == had.mtime

    def _same(self, path: str, content: bytes, token: str) -> bool:
        """Whether the old file has this content."""
        assert self._old is not None, "asked only when there is an old tree"
        had = self._known.get(path) if self._known else None
        if had is not None and had.token == token and self._untouched(path, had):
            return True
        return _holds(self._old / path, content)

    def _begin(self) -> Path:
        """The tree that is being made: the spare one, which from now on has no manifest, or an empty one."""
        if self._new is None:
            if self._spare and (manifest := _read(self._spare)):
                _manifest(self._spare).unlink()
                self._new, self._there = self._spare, manifest[0]
            else:
                self._new = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self.folder.parent))
                self._new.chmod(0o755)
        return self._new

    def _write(self, path: str, content: bytes) -> Path:
        """A file of the spare tree is replaced and never written into: the old tree may hold the same inode."""
        target = self._room_for(self._begin() / path)
        if self._new != self._spare:
            target.write_bytes(content)
            return target
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        part.write_bytes(content)
        return part.replace(target)

    def _link(self, source: Path, path: str) -> bool:
        """Put a file that stands elsewhere into the tree; False when it had to be copied."""
        target = self._room_for(self._begin() / path)
        if self._new == self._spare:
            target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
            return False
        return True

    def _room_for(self, target: Path) -> Path:
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        return target

    @property
    def kept(self) -> int:
        """Files whose bytes did not change."""
        return len(self._kept)

    # --- taking its place -------------------------------------------------------------------------------------------

    def swap(self) -> None:
        """Make the new tree the one in force, unless nothing changed at all: then nothing is touched."""
        assert self._entered, "a tree is written inside its `with`"
        had = self._known.keys() if self._known is not None else _files(self._old) if self._old else set()
        self.removed = len(had - self._files.keys())
        try:
            if self._old and not self.written and not self.removed:
                if self._files != self._known or self.memo != self.former_memo:
                    _note(self._old, self._files, self.memo)
                return
            new = self._begin()
            self._take_over()
            self._drop()
            _note(new, self._files, self.memo)
            link = new.with_name(f"{new.name}.link")
            link.symlink_to(new.name)
            link.replace(self.folder)
        except OSError as error:
            raise self._failed(error) from error
        self._new = None

    def _take_over(self) -> None:
        """What did not change is linked from the old tree, where the spare one has not got it already."""
        for path in self._kept:
            assert self._old is not None, "only an old tree has files to keep"
            file, there = self._files[path], self._there.get(path)
            if there is not None and there.token == file.token:
                self._files[path] = replace(there, mark=file.mark)
            elif not self._link(self._old / path, path):
                self._files[path] = _stamped(self._begin() / path, file.mark, file.token)

    def _drop(self) -> None:
        """What the spare tree has and the new one has not."""
        new = self._begin()
        for path in self._there.keys() - self._files.keys():
            (new / path).unlink(missing_ok=True)
            for above in (new / path).parents:
                if above == new or any(above.iterdir()):
                    break
                above.rmdir()

    def _failed(self, error: OSError) -> JobbfyrError:
        where = error.filename or self.folder
        return JobbfyrError(
            f"the site cannot be written at {where}: {error.strerror}", hint="the former site still stands"
        )


def _manifest(tree: Path) -> Path:
    return tree.with_name(f"{tree.name}.json")


def _read(tree: Path) -> tuple[dict[str, _File], Mapping[str, Any]] | None:
    """A tree's manifest; None when there is none that can be read."""
    try:
        found = json.loads(_manifest(tree).read_bytes())
        if found["make"] != _MAKE:
            return None
        return {path: _File(*values) for path, values in found["files"].items()}, found["memo"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(tree: Path, files: Mapping[str, _File], memo: Mapping[str, Any]) -> None:
    """Write a tree's manifest, whole or not at all."""
    facts = {path: (file.mark, file.token, file.size, file.mtime) for path, file in files.items()}
    part = tree.with_name(f"{tree.name}.json.part")
    part.write_text(json.dumps({"make": _MAKE, "files": facts, "memo": memo}), "utf-8")
    part.replace(_manifest(tree))


def _stamped(path: Path, mark: str, token: str) -> _File:
    now = path.stat()
    return _File(mark, token, now.st_size, now.st_mtime_ns)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _files(folder: Path) -> set[str]:
    return {(Path(base) / name).relative_to(folder).as_posix() for base, _, names in os.walk(folder) for name in names}
