"""What is imported when: nothing heavy before it is needed, and every arrow as `pyproject.toml` draws it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

HEAVY = {
    *("scrapy", "twisted", "feedparser", "lxml", "bs4", "resiliparse"),  # reading
    *("sqlalchemy", "alembic", "psycopg"),  # keeping
    *("tweepy", "requests", "mastodon", "atproto", "atproto_client", "httpx"),  # sending
    *("typst", "PIL", "jinja2", "babel", "regex", "twitter_text"),  # wording and drawing
    *("numpy", "rapidfuzz", "holidays"),  # understanding and choosing
    *("ruamel", "rich", "schedule"),  # the edges
}
SETTINGS = {"pydantic"}
"""Kinds and channels declare their options with it, so what loads those may load it, and nothing else may."""

COLD = {
    "aggregator.app.cli": HEAVY | SETTINGS,
    "aggregator.app.cycle": HEAVY | SETTINGS,
    "aggregator.app.house": HEAVY | SETTINGS,
    "aggregator.model": HEAVY | SETTINGS | {"click"},
    "aggregator.settings": HEAVY | SETTINGS,
    "aggregator.choose": HEAVY | SETTINGS,
    "aggregator.dedupe": HEAVY | SETTINGS,
    "aggregator.tagging": HEAVY | SETTINGS,
    "aggregator.decide": HEAVY | SETTINGS,
    "aggregator.health": HEAVY | SETTINGS,
    "aggregator.store": HEAVY - {"sqlalchemy"} | SETTINGS,
    "spiders.base": HEAVY,
    "spiders.crawl": HEAVY,
    "spiders.base; spiders.base.kinds()": HEAVY,
    "publishers.base": HEAVY,
    "publishers.compose": HEAVY,
    "publishers.outbox": HEAVY,
    "publishers.cards": HEAVY | SETTINGS,
    "publishers.site": HEAVY | SETTINGS,
    "publishers.base; publishers.base.channel_kinds()": HEAVY,
}


@pytest.mark.parametrize("room", COLD)
def test_importing_it_loads_no_heavy_library(room):
    script = f"import sys, {room}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert room.partition(".")[0] in loaded
    assert loaded & COLD[room] == set()


def test_the_import_contract_holds():
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
