"""One run at a time in a region's folder. The kernel drops the lock when its holder dies, so none is left behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import AlreadyRunning, JobbfyrError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path` for the block.

    Raises `AlreadyRunning` when another process holds it, `JobbfyrError` when the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise JobbfyrError(
            f"{path}: cannot make the lock file: {error.strerror}", hint="is the folder writable?"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            who = f" (process {holder})" if holder.isdigit() else ""
            raise AlreadyRunning(
                f"another run is under way{who}", hint="wait for it, or see `jobbfyr status`"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(path: Path) -> int | None:
    """The process that seems to hold the lock, without touching it: the one the file names, while it lives."""
    try:
        number = int(path.read_text("ascii"))
        os.kill(number, 0)
    except PermissionError:
        return number  # it lives, under another user
    except (OSError, ValueError):
        return None
    return number
