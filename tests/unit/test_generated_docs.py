"""The generated pages say what the code says: `make docs` would change nothing."""

from pathlib import Path

import pytest

from aggregator.app.cli import VERBS
from aggregator.app.registry import registry
from docs.generate import PAGES, commands_page, settings_page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "run `make docs`"


def test_every_verb_is_a_chapter() -> None:
    page = commands_page()
    assert [line.strip("# `").removeprefix("jobbfyr ") for line in page.splitlines() if line.startswith("## ")] == [
        *VERBS
    ]


def test_the_settings_reach_every_kind_and_below_free_keys() -> None:
    page = settings_page()
    known = registry()
    for name in (*known.kinds, *known.channels):
        assert f"### `{name}`" in page
    for key in (
        "tiers.NAME.promises[].per",
        "campaigns.NAME.slots[].times",
        "topics.NAME.words",
        "sources[].expect.min",
    ):
        assert f"| `{key}` |" in page
    for told in ("`NO`", '`"0684"`', '`"#8a1c1c"`', "{env: ", "What must never change"):
        assert told in page
