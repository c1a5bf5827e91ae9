"""The errors an operator can meet, each one line: what, where, and what to do.

Nothing here imports anything of ours. Every error carries the process's exit code, so the command line
needs no table of its own.
"""

# ruff: noqa: N818 - the names say what happened to a post or a run

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class JobbfyrError(Exception):
    """Base of all errors that are shown to the operator without a traceback.

    `what` is the sentence that is printed; `hint` (may be empty) is what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} ({self.hint})" if self.hint else self.what


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing wrong in the configuration: `file` relative to its folder, `line` and `column` from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class SettingsError(JobbfyrError):
    """The configuration cannot be used; `faults` holds everything wrong with it, in the order of the files."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault], *, hint: str = "") -> None:
        super().__init__("\n".join(str(fault) for fault in faults), hint=hint)
        self.faults = tuple(faults)


class UsageError(JobbfyrError):
    """The command's words cannot be carried out as given (an unknown partner, an id that nothing has)."""

    exit_code = 2


class AlreadyRunning(JobbfyrError):
    """Another process holds the region's lock."""

    exit_code = 3


class StoreError(JobbfyrError):
    """The database cannot be reached, read or written: a full disk, a lost server, a schema from the future."""


class SendError(JobbfyrError):
    """A channel did not take a post. The four kinds below decide what the outbox does next."""


class SendRefused(SendError):
    """The channel said no to this post for good (bad content, no such media): it is settled as rejected."""


class SendLater(SendError):
    """The channel asks to be tried again (rate limit, 5xx before acceptance); nothing was published.

    `after` is the number of seconds to wait, None when the channel did not say.
    """

    def __init__(self, what: str, *, hint: str = "", after: float | None = None) -> None:
        super().__init__(what, hint=hint)
        self.after = after


class SendUnknown(SendError):
    """The outcome cannot be known (a time-out or a reset after sending): look it up, never send blindly again."""


class ChannelDown(SendError):
    """The channel takes nothing at all for now (bad credentials, no credits): its posts wait, which is said once."""
