"""The documentation of the kinds is true: each has an example there, and each example is accepted."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from aggregator.model import Source
from aggregator.settings.secrets import secrets_of
from spiders.base import kinds

DOCS = Path(__file__).parent.parent.parent / "docs"
EXAMPLES = [
    YAML(typ="safe").load(block)
    for block in re.findall(r"```yaml\n(.*?)```", (DOCS / "kinds.md").read_text(), re.DOTALL)
]


def test_every_kind_has_an_example_under_its_own_heading():
    headings = set(re.findall(r"^## ([a-z-]+)$", (DOCS / "kinds.md").read_text(), re.MULTILINE))
    assert set(kinds()) == {example["kind"] for example in EXAMPLES} == headings


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_the_example_is_a_source_that_knows_where_to_begin(example, monkeypatch):
    source = Source(
        key="a/b", partner="a", kind=example["kind"], url=example.get("url", ""), options=example.get("options", {})
    )
    kind = kinds()[source.kind](source)
    for secret in secrets_of(kind.options):
        monkeypatch.setenv(secret.env, "a-key")
    starts = list(kind.start())
    assert starts
    assert all(fetch.url.startswith("https://") for fetch in starts)


def test_every_option_is_named_in_the_documentation():
    text = (DOCS / "kinds.md").read_text()
    options = {name for kind in kinds().values() for name in kind.Options.model_fields}
    unnamed = sorted(name for name in options if not re.search(rf"\b{name}\b", text))
    assert not unnamed


def test_every_problem_a_kind_can_yield_is_explained():
    sources = [*(DOCS.parent / "spiders" / "kinds").glob("*.py"), *(DOCS.parent / "spiders" / "extract").glob("*.py")]
    codes = {
        code
        for path in sources
        for code in re.findall(r'problem\(\s*(?:self\.)?source,\s*"([a-z-]+)"', path.read_text())
    }
    explained = (DOCS / "problems.md").read_text()
    assert len(codes) > 8
    assert sorted(code for code in codes if f"`{code}`" not in explained) == []


def test_the_payload_run_says_when_there_is_nothing_to_try(tmp_path, capsys):
    from tests.payloads import main

    assert main([str(tmp_path / "none")]) == 0
    assert "nothing was tried" in capsys.readouterr().out
    (tmp_path / "jobs.html").write_text(
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "Kock"}</script>'
    )
    assert main([str(tmp_path)]) == 0
    assert "1 postings" in capsys.readouterr().out
