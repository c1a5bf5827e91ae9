"""What needs a person: problems folded to one entry for each thing that can be done, the most pressing first. Pure.

A source that fails says why (`host-down`) and what follows (`harvest-failed`); ten sources of one server that is down
say the same ten times. An operator has one thing to do about each, so each is one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.model import Problem

LEVELS = ("error", "warning", "info")

CONSEQUENCES = frozenset({"harvest-failed", "harvest-partial", "source-failed"})
"""What follows from another problem of the same source, and is not told beside it."""

ONE_CAUSE = frozenset({"clock-behind", "collecting-failed"})
"""Problems of this machine that every source reports: one entry, whatever each source says of it."""

_BY_HAND = "look at the channel, then say `jobbfyr publish --settle KEY --published URL` or `… --not-published`"
_SOURCE = "open the address; if the vacancies have moved, change `url` or `kind` in the partner's file"

TODO: Mapping[str, str] = {
    "clock-behind": "set this machine's clock (`timedatectl`), then run again",
    "outcome-unknown": _BY_HAND,
    "take-down-by-hand": "delete the post at the channel, then say `jobbfyr publish --settle KEY --not-published`",
    "take-down-failed": "it is tried again; in a hurry delete it at the channel and `--settle KEY --not-published`",
    "look-up-failed": f"it is tried again; if it never works {_BY_HAND}",
    "channel-fault": "the outcome is looked up at the next run; please report the fault",
    "channel-down": "test the credentials with `jobbfyr check --online`; its posts wait until then",
    "channel-failing": "look at the service's status page; its posts wait for the next run",
    "channel-gone": "put the channel back into channels.yml, or let its posts grow too late",
    "credentials-missing": "set the variables where the run gets its environment",
    "budget-spent": "raise `monthly_budget` in channels.yml, or let the posts wait for the next month",
    "post-refused": "look at its words with `jobbfyr why`; a refused post is not sent again",
    "cannot-compose": "it is tried again until it is too late; `jobbfyr preview` shows the same",
    "stopped": "`jobbfyr resume` lets the sending go on",
    "site-failed": "nothing is posted until the pages can be built; the old site stands; --debug shows where it breaks",
    "recognising-failed": "nothing new is posted until it works; please report it, with the output of --debug",
    "sending-failed": "it is tried again at the next run; --debug shows where it breaks",
    "settling-failed": "it is tried again at the next run; --debug shows where it breaks",
    "closing-failed": "posts of closed vacancies may still stand; --debug shows where it breaks",
    "cannot-tag": "the vacancy is not shown until then; please report it with the ad's address",
    "harvest-crashed": "nothing of this source was changed; please report it with the source's address",
    "host-down": _SOURCE,
    "host-unknown": _SOURCE,
    "not-found": _SOURCE,
    "wrong-media-type": _SOURCE,
    "not-a-feed": _SOURCE,
    "no-ads-found": "open the address; if there are vacancies, the source's `kind` or `options` must change",
    "server-error": "wait; if it lasts, tell the partner that the page is broken",
    "robots-refused": "ask the partner to allow us in robots.txt, or collect from another address",
    "challenge-page": "ask the partner to let our User-Agent in, or collect from another address",
    "below-minimum": "",
    "mass-closure": "if they really closed, wait; else look at the source",
    "collecting-failed": "run again with --debug; if it stays, the installation is broken",
    "bad-options": "correct the source's `options`; docs/kinds.md lists them",
    "promise-behind": "`jobbfyr report` has the figures, `jobbfyr plan --all` the rules that said no",
    "slots-empty": "`jobbfyr plan --all` tells what was refused; fewer slots or wider wishes help",
}
"""What to do, where the message itself does not say it. A code that is not here says it, or belongs to a source."""

_ORDER = (
    "clock-behind", "collecting-failed",
    "take-down-by-hand", "outcome-unknown", "take-down-failed", "look-up-failed", "channel-fault",
    "channel-down", "channel-failing", "credentials-missing", "channel-gone", "budget-spent", "post-refused",
    "closing-failed", "settling-failed", "site-failed", "recognising-failed", "sending-failed",
    "cannot-compose", "cannot-tag", "harvest-crashed",
)  # fmt: skip
_RANK = {code: rank for rank, code in enumerate(_ORDER)}
_LAST = frozenset({"promise-behind", "no-degree-share", "municipality-unseen", "slots-empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A problem as it was found: `scope` tells who said it (`source:KEY`), `since` and `times` how long it lasts."""

    problem: Problem
    scope: str = ""
    since: datetime | None = None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that needs a person. `places` are all it concerns; `posts` the keys of posts it is about; `todo` is ""
    where the message says what to do; `also` are the messages that were folded into this one.
    """

    level: str
    code: str
    places: tuple[str, ...]
    message: str
    todo: str
    since: datetime | None
    times: int
    posts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Its places in a few words."""
        shown = ", ".join(self.places[:2])
        return f"{self.places[0]} and {len(self.places) - 1} more" if len(self.places) > 2 else shown


@dataclass(slots=True)
class _Group:
    noted: list[Noted] = field(default_factory=list)


def entries(noted: Iterable[Noted]) -> tuple[Entry, ...]:
    """The problems folded and put in order: by level, then by how pressing their kind is, then the oldest."""
    groups: dict[tuple[str, str], _Group] = {}
    for one in noted:
        groups.setdefault(_belongs(one), _Group()).noted.append(one)
    folded: dict[tuple[str, str, str], Entry] = {}
    for group in groups.values():
        entry = _fold(group.noted)
        same = (entry.level, entry.code, "" if entry.code in ONE_CAUSE else entry.message)
        before = folded.get(same)
        folded[same] = entry if before is None else _together(before, entry)
    return tuple(sorted(folded.values(), key=_urgency))


def _belongs(one: Noted) -> tuple[str, str]:
    """Everything that a source says belongs together; other problems stand alone."""
    if one.scope.startswith("source:"):
        return one.scope, "info" if one.problem.level == "info" else ""
    return one.problem.where, f"{one.problem.code} {one.problem.message}"


def _fold(noted: Sequence[Noted]) -> Entry:
    causes = [one for one in noted if one.problem.code not in CONSEQUENCES] or list(noted)
    level = min((one.problem.level for one in noted), key=LEVELS.index)
    causes.sort(key=lambda one: (LEVELS.index(one.problem.level), _RANK.get(one.problem.code, len(_RANK))))
    main = causes[0].problem
    is_source = noted[0].scope.startswith("source:")
    begun = [one.since for one in noted if one.since is not None]
    return Entry(
        level=level,
        code=main.code,
        places=(main.where,),
        message=main.message,
        todo=_todo(main, is_source=is_source and main.code not in CONSEQUENCES),
        since=min(begun) if begun else None,
        times=max(one.times for one in noted),
        posts=tuple(str(key) for key in main.data.get("posts", ())),
        also=tuple(dict.fromkeys(one.problem.message for one in causes[1:] if one.problem.message != main.message)),
    )


def _todo(problem: Problem, *, is_source: bool) -> str:
    if problem.code == "outcome-unknown" and problem.level != "error":
        return "nothing: it is looked up at its channel by one of the next runs"
    return TODO.get(problem.code, "look at the source's page, then at its `url` and `options`" if is_source else "")


def _together(first: Entry, second: Entry) -> Entry:
    begun = [at for at in (first.since, second.since) if at is not None]
    return replace(
        first,
        places=tuple(dict.fromkeys((*first.places, *second.places))),
        posts=tuple(dict.fromkeys((*first.posts, *second.posts))),
        also=tuple(dict.fromkeys((*first.also, *second.also))),
        since=min(begun) if begun else None,
        times=max(first.times, second.times),
    )


def _urgency(entry: Entry) -> tuple[int, int, str, str]:
    rank = len(_RANK) + (entry.code in _LAST)
    since = entry.since.isoformat() if entry.since else ""
    return LEVELS.index(entry.level), _RANK.get(entry.code, rank), since, entry.places[0]
