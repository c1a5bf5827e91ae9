"""What docs/site.md promises is what the site does."""

import re
from pathlib import Path

from publishers import site
from publishers.base import channel_kinds
from publishers.site.words import PATHS

DOC = (Path(__file__).parents[2] / "docs/site.md").read_text("utf-8")


def test_every_section_and_filter_is_documented():
    for language in PATHS.values():
        for word in language.values():
            assert f"/{word}/" in DOC, word
    script = (Path(site.__file__).parent / "assets/site.js").read_text("utf-8")
    [names] = re.findall(r"const names = \[([^\]]*)\]", script)
    for name in (*re.findall(r'"(\w)"', names), "q"):
        assert f"| `{name}" in DOC, name


def test_the_example_of_the_channel_is_valid():
    from ruamel.yaml import YAML

    block = next(text for text in re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL) if "kind: site" in text)
    entry = YAML(typ="safe").load(block)["site"]
    assert entry.pop("kind") == "site"
    options = channel_kinds()["site"].Options
    assert set(entry) == set(options.model_fields) - {"enabled", "hashtags", "link"}
    options.model_validate(entry)
