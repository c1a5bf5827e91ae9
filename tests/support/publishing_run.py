"""Publishing runs that are killed: a process that forks one run after another and lets each die at one step.

    python publishing_run.py PLAN

`PLAN` is JSON: `folder`, `channels` (name -> {kind, options}), `every` (die at every how manieth step). Every run
has its own SQLite store with two posts a channel, one of them of a vacancy that has closed. A run is `recover`,
`dispatch`, `close`; a step is the moment before or after a committed move or a channel's call. After the run that dies,
a second one goes to its end. Prints a JSON line per step: how the first ended, and how the posts stand.

The imports are done once, before the forks; every store and connection is made after them.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aggregator.model import Content, ContentKind, Message, Post, PostState, Receipt
from aggregator.store import Store, tables
from publishers.base import Channel, channel_kinds
from publishers.outbox import Outbox, Patience

NOW = datetime.now(UTC).replace(microsecond=0)
STAYS, CLOSES = "STAY01", "GONE01"


class Counter:
    """Counts steps and kills this very process, as `kill -9` does, at the one it was told."""

    def __init__(self, die_at: int) -> None:
        self.die_at = die_at
        self.at = 0

    def __call__(self) -> None:
        self.at += 1
        if self.at == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Stepping:
    """Anything whose named methods count a step before and one after."""

    def __init__(self, inner: Any, names: Iterable[str], step: Callable[[], None]) -> None:
        self._inner, self._names, self._step = inner, frozenset(names), step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._names:
            return found

        def stepped(*args: Any, **options: Any) -> Any:
            self._step()
            answer = found(*args, **options)
            self._step()
            return answer

        return stepped


def posts_of(number: int, channels: Iterable[str]) -> list[Post]:
    """Two posts a channel; texts, links and seeds are those of this number alone."""
    made = []
    for channel in channels:
        for vacancy in (STAYS, CLOSES):
            link = f"https://jobb.example/{number}/{channel}/{vacancy}/"
            made.append(
                Post(
                    key=f"run{number}-{vacancy}/{channel}",
                    slot=f"run{number}-{vacancy}",
                    channel=channel,
                    content=Content(kind=ContentKind.VACANCY, key=f"vacancy:{vacancy}", vacancies=(vacancy,)),
                    language="sv",
                    message=Message(
                        text=f"Svetsare {number} {vacancy}\n{link}",
                        language="sv",
                        link=link,
                        marker=link.removeprefix("https://"),
                    ),
                    state=PostState.PLANNED,
                    seed=f"{number}-{channel}-{vacancy}-{NOW.timestamp()}",
                    created_at=NOW,
                    not_before=NOW,
                    due_at=NOW,
                )
            )
    return made


def publish(address: str, channels: dict[str, Channel], step: Counter, now: datetime) -> None:
    """One publishing run over a store of its own connection."""
    with Store.open(address) as store:
        outbox = Outbox(
            Stepping(store.outbox, {"move"}, step),
            {name: Stepping(channel, {"send", "look_up", "close"}, step) for name, channel in channels.items()},  # type: ignore[misc] # it steps through for the channel
            patience=Patience(look_up_after=timedelta(0)),
            deliver=ledger,
        )
        outbox.recover(now)
        outbox.dispatch(now)
        outbox.recover(now)
        outbox.close(now, {CLOSES: "removed by its source"})


def ledger(post: Post, receipt: Receipt) -> Any:
    from aggregator.model import Delivery

    return Delivery(
        slot=post.slot, content=post.content.key, kind=post.content.kind, partners=("acme",),
        vacancies=post.content.vacancies, municipalities=("2085",), no_degree=True, channel=post.channel, at=receipt.at,
    )  # fmt: skip


def in_child(run: Callable[[], None]) -> int:
    """Run in a fork; gives what `waitpid` says: 0 when it went through, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            run()
        except BaseException:  # noqa: BLE001 - a fork must never run on into its parent's code
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def prepare(path: Path) -> None:
    """A store with its tables and the two vacancies, to be copied for each run."""
    with Store.open(f"sqlite:///{path}") as store, store.outbox._database.write() as connection:
        rows = [{"id": STAYS, "opened_at": NOW}, {"id": CLOSES, "opened_at": NOW}]
        connection.execute(sa.insert(tables.vacancy), rows)


def look(address: str, number: int, found: dict[str, Any]) -> None:
    """How the posts, their ledger and the database's locks stand, written beside the store for the parent."""
    with Store.open(address) as store:
        posts = store.outbox.in_state(*PostState)
        found["states"] = {post.key: post.state.value for post in posts}
        with store.outbox._database.write() as connection:  # a lock left behind would make this wait and fail
            found["delivered"] = connection.scalar(sa.select(sa.func.count()).select_from(tables.delivery))
    Path(f"{address.removeprefix('sqlite:///')}.json").write_text(json.dumps(found), encoding="utf-8")


def import_once() -> None:
    """What channels and store import when they are first used: once here instead of in every fork."""
    for name in (
        "alembic.command",
        "atproto_client.client.raw",
        "httpx",
        "jinja2.sandbox",
        "mastodon",
        "regex",
        "tweepy",
    ):
        with suppress(ImportError):
            importlib.import_module(name)


def main(plan: dict[str, Any]) -> None:
    import_once()
    folder = Path(plan["folder"])
    kinds = channel_kinds()

    def build() -> dict[str, Channel]:
        made = {}
        for name, chosen in plan["channels"].items():
            kind = kinds[chosen["kind"]]
            made[name] = kind(name, kind.Options.model_validate(chosen["options"]))
            made[name].settle_in(folder)
        return made

    template = folder / "template.db"
    assert in_child(lambda: prepare(template)) == 0

    def one(number: int, die_at: int) -> dict[str, Any]:
        path = folder / f"run{number}.db"
        shutil.copy(template, path)
        address = f"sqlite:///{path}"

        def first() -> None:
            with Store.open(address) as store:
                store.outbox.add(posts_of(number, plan["channels"]))
            step = Counter(die_at)
            publish(address, build(), step, NOW)
            Path(f"{path}.steps").write_text(str(step.at), encoding="utf-8")

        ended = in_child(first)
        again = in_child(lambda: publish(address, build(), Counter(0), NOW + timedelta(minutes=2)))
        assert in_child(lambda: look(address, number, {"step": die_at, "ended": ended, "again": again})) == 0
        found: dict[str, Any] = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
        return found

    whole = one(0, 0)
    steps = int((folder / "run0.db.steps").read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps({"whole": whole, "steps": steps}) + "\n")
    for at in range(1, steps + 1, plan["every"]):
        sys.stdout.write(json.dumps(one(at, at)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
