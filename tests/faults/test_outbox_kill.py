"""kill -9 between any two steps of a publishing run: no post twice, none lost, no lock left behind.

The store is a real SQLite file, the channels are the real ones, the servers speak over real HTTP.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.support import publishing_run
from tests.support.fediverse import TOKEN, a_fediverse
from tests.support.loopback import ROOT, a_pds
from tests.support.x_api import KEYS, an_x

PASSWORD = "mycket-hemligt-lösenord"


def killed_runs(folder, channels: dict[str, Any], *, every: int = 1) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The run that nobody killed, with its number of steps, and a run for each step at which one was."""
    environment = (
        os.environ | KEYS | {"MASTODON_TOKEN": TOKEN, "BLUESKY_APP_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}
    )
    plan = json.dumps({"folder": str(folder), "channels": channels, "every": every})
    command = [sys.executable, publishing_run.__file__, plan]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    whole, *rest = (json.loads(line) for line in done.stdout.splitlines())
    return whole, rest


def check_runs(whole: dict[str, Any], runs: list[dict[str, Any]], *, posts: int, delivered: int) -> None:
    assert whole["whole"]["ended"] == 0
    for run in [whole["whole"], *runs]:
        assert run["ended"] == (-9 if run["step"] else 0), run
        assert run["again"] == 0, run
        assert run["states"] == {key: "sent" if "STAY01" in key else "closed" for key in run["states"]}, run
        assert len(run["states"]) == posts
        assert run["delivered"] == delivered, run


@pytest.mark.timeout(300)
def test_killed_between_any_two_steps_every_post_goes_out_once(tmp_path):
    with a_fediverse() as fediverse, an_x() as x:
        # Nothing at the servers catches a second sending: only the outbox does.
        fediverse.keeps_keys = x.refuses_duplicates = False
        keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        channels = {
            "mastodon": {"kind": "mastodon", "options": {"server": fediverse.url, "token": {"env": "MASTODON_TOKEN"}}},
            "x": {"kind": "x", "options": {"service": x.url, **{key: {"env": f"X_{key.upper()}"} for key in keys}}},
            "handoff": {"kind": "handoff", "options": {}},
        }
        whole, runs = killed_runs(tmp_path, channels)
        check_runs(whole, runs, posts=6, delivered=4)  # packs reach nobody and are in no ledger
        assert len(runs) == whole["steps"] >= 50
        for world in (fediverse, x):
            times = Counter(world.log)
            assert max(times.values()) == 1, [text for text, count in times.items() if count > 1]
            assert sum("STAY01" in text for text in times) == len(runs) + 1
        shown = [status["text"] for status in fediverse.statuses] + [tweet["sent"] for tweet in x.tweets]
        assert not [text for text in shown if "GONE01" in text]
        assert sum("STAY01" in text for text in shown) == 2 * (len(runs) + 1)
        packs = [path for path in (tmp_path / "handoff").iterdir() if path.is_dir()]
        assert sum("STAY01" in path.name for path in packs) == len(runs) + 1
        assert all((path / "closed.txt").exists() for path in packs if "GONE01" in path.name)
        assert not list((tmp_path / "handoff").glob(".*"))


@pytest.mark.server("pds")
@pytest.mark.timeout(300)
def test_killed_between_any_two_steps_on_a_real_bluesky_server(tmp_path):
    with a_pds() as pds:
        body = {"handle": "fyr.test", "email": "fyr@example.test", "password": PASSWORD}
        account = httpx.post(f"{pds}/xrpc/com.atproto.server.createAccount", json=body, timeout=30).json()
        options = {"service": pds, "handle": "fyr.test", "password": {"env": "BLUESKY_APP_PASSWORD"}}
        whole, runs = killed_runs(tmp_path, {"bluesky": {"kind": "bluesky", "options": options}}, every=3)
        check_runs(whole, runs, posts=2, delivered=2)
        assert len(runs) >= 6
        params = {"repo": account["did"], "collection": "app.bsky.feed.post", "limit": "100"}
        records = httpx.get(f"{pds}/xrpc/com.atproto.repo.listRecords", params=params, timeout=30).json()["records"]
        texts = Counter(record["value"]["text"] for record in records)
        assert len(texts) == len(runs) + 1
        assert set(texts.values()) == {1}
        assert all("STAY01" in text for text in texts)
