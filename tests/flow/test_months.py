"""The promises over time: weeks of real cycles in a world where everything goes wrong now and then.

By default one short stretch over the change of clocks and Easter, on SQLite, and some days on PostgreSQL. For months, or
many worlds: `JOBBFYR_SIMULATED_DAYS=100 JOBBFYR_SIMULATED_SEEDS=1,2,3 pytest tests/flow/test_months.py`.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import SendUnknown
from aggregator.model import Post, Receipt
from aggregator.store import Store
from tests.support.simulation import SHARE, Simulation, in_the_simulations_place

BEFORE_EASTER = datetime(2026, 3, 26, 5, tzinfo=UTC)
"""The clocks go forward on 29 March; Good Friday is 3 April."""

BEFORE_WINTER = datetime(2026, 10, 23, 5, tzinfo=UTC)
"""The clocks go back on 25 October; All Saints' Day is 31 October."""

DAYS = int(os.environ.get("JOBBFYR_SIMULATED_DAYS", "0"))
SEEDS = [int(seed) for seed in os.environ.get("JOBBFYR_SIMULATED_SEEDS", "1").split(",")]


def told(simulation: Simulation) -> str:
    return "\n".join(f"{what}: {detail}" for what, detail in simulation.broken.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_weeks_of_trouble_break_no_promise(seed: int, tmp_path: Path, sqlite_template: Path, monkeypatch) -> None:
    path = tmp_path / "jobbfyr.db"
    path.write_bytes(sqlite_template.read_bytes())
    simulation = Simulation(f"sqlite:///{path}", tmp_path, seed=seed, start=BEFORE_EASTER, jobs=90 if DAYS else 40)
    in_the_simulations_place(monkeypatch, simulation)
    simulation.run(DAYS or 9)
    simulation.calm(8 if DAYS else 3)
    with Store.open(simulation.address) as simulation.store:
        simulation.check_problems()
    assert not simulation.broken, told(simulation)
    assert simulation.killed >= 1
    assert len(simulation.shown) > (DAYS or 9) * 4
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    early, late = sorted(simulation.seconds[10:30]), sorted(simulation.seconds[-20:])
    assert late[10] < 4 * early[10], f"a cycle took {early[10]:.2f} s of CPU early and {late[10]:.2f} s late"


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_days_of_trouble_on_either_database(seed: int, tmp_path: Path, store_address: str, monkeypatch) -> None:
    simulation = Simulation(store_address, tmp_path, seed=seed, start=BEFORE_WINTER, jobs=30)
    in_the_simulations_place(monkeypatch, simulation)
    simulation.run(3)
    assert not simulation.broken, told(simulation)
    assert simulation.shown


@pytest.mark.skipif(not DAYS, reason="a month's promises need a month: set JOBBFYR_SIMULATED_DAYS")
@pytest.mark.parametrize("seed", SEEDS)
def test_quiet_months_give_every_partner_what_it_was_promised(seed: int, tmp_path: Path, monkeypatch) -> None:
    simulation = Simulation(f"sqlite:///{tmp_path / 'jobbfyr.db'}", tmp_path, seed=seed, chaos=False)
    in_the_simulations_place(monkeypatch, simulation)
    simulation.run(max(DAYS, 33))
    with Store.open(simulation.address) as simulation.store:
        simulation.check_problems()
    list(simulation.check_promises())
    assert not simulation.broken, told(simulation)
    assert simulation.no_degree_share() >= SHARE


def test_a_job_rests_while_nobody_knows_whether_its_post_went_out(tmp_path: Path, monkeypatch) -> None:
    simulation = Simulation(f"sqlite:///{tmp_path / 'jobbfyr.db'}", tmp_path, start=BEFORE_WINTER, chaos=False, jobs=12)
    in_the_simulations_place(monkeypatch, simulation)
    page = simulation.walls["page"]
    take = page.send

    def lose_the_answer(post: Post, *, now: datetime) -> Receipt:
        take(post, now=now)
        raise SendUnknown("timed out after it was taken")

    monkeypatch.setattr(page, "send", lose_the_answer)
    monkeypatch.setattr(simulation, "_operator", lambda _now: None)
    simulation.run(5)
    assert page.pinned
    assert not simulation.broken, told(simulation)
