"""A folder that is replaced at once: the new tree is laid beside the old one and swapped in by one rename.

The public folder is a symbolic link to the tree in force (`site -> .site-x1y2z3`), because only a link can be replaced
in one step everywhere. Files that did not change are hard links to the old ones, so their mtime, their inode and a web
server's caches stay; an interrupted build leaves the old tree in place and its own remains are swept by the next.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Self

from aggregator.errors import JobbfyrError


class Tree:
    """One build of a folder: `put` every file, then `swap`. Use as a context manager; leaving it without `swap` leaves
    the old tree. Raises `JobbfyrError` when the folder holds something that is not ours or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.removed = 0
        self._put: set[str] = set()
        self._kept: list[str] = []
        self._made: set[Path] = set()
        self._old: Path | None = None
        self._new: Path | None = None

    def __enter__(self) -> Self:
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._old = self._standing()
            self._sweep()
            self._new = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self.folder.parent))
            self._new.chmod(0o755)
        except OSError as error:
            raise self._failed(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._new is not None:
            shutil.rmtree(self._new, ignore_errors=True)

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
        """Remains of builds that were interrupted, and the tree before the one in force."""
        for leftover in self.folder.parent.glob(f"{self._prefix}*"):
            if leftover != self._old:
                if leftover.is_dir() and not leftover.is_symlink():
                    shutil.rmtree(leftover)
                else:
                    leftover.unlink()

    def put(self, path: str, content: bytes) -> None:
        """Write the file at `path` (posix, below the folder), or keep the old one when its bytes are the same."""
        target = self._claim(path)
        try:
            if self._old and _holds(self._old / path, content):
                self._kept.append(path)
            else:
                self._room_for(target).write_bytes(content)
                self.written += 1
        except OSError as error:
            raise self._failed(error) from error

    def put_file(self, path: str, source: Path) -> None:
        """Take a file as it is (a card, a logo), by hard link where the file system can; same path, same content."""
        target = self._claim(path)
        try:
            if self._old and (self._old / path).is_file():
                self._kept.append(path)
            else:
                _link(source, self._room_for(target))
                self.written += 1
        except OSError as error:
            raise self._failed(error) from error

    def _claim(self, path: str) -> Path:
        assert self._new is not None, "a tree is written inside its `with`"
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or path in self._put:
            raise ValueError(f"{path!r} leads out of the site or is written twice")
        self._put.add(path)
        return self._new / path

    def _room_for(self, target: Path) -> Path:
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        return target

    @property
    def kept(self) -> int:
        """Files whose bytes did not change."""
        return len(self._kept)

    def swap(self) -> None:
        """Make the new tree the one in force, unless nothing changed at all.

        Kept files are linked into it only now, so that an unchanged build touches nothing.
        """
        assert self._new is not None, "a tree is written inside its `with`"
        had = _files(self._old) if self._old else set()
        self.removed = len(had - self._put)
        if self._old and not self.written and not self.removed:
            return
        link = self._new.with_name(f"{self._new.name}.link")
        try:
            for path in self._kept:
                assert self._old is not None, "only an old tree has files to keep"
                _link(self._old / path, self._room_for(self._new / path))
            link.symlink_to(self._new.name)
            link.replace(self.folder)
        except OSError as error:
            raise self._failed(error) from error
        self._new = None

    def _failed(self, error: OSError) -> JobbfyrError:
        where = error.filename or self.folder
        return JobbfyrError(
            f"the site cannot be written at {where}: {error.strerror}", hint="the former site still stands"
        )


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _files(folder: Path) -> set[str]:
    return {(Path(base) / name).relative_to(folder).as_posix() for base, _, names in os.walk(folder) for name in names}
