"""The channels' documentation holds: every kind has a section whose example validates, and the written channel runs."""

import io
import json
import re
import sys
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar

import pytest
from ruamel.yaml import YAML

from aggregator.errors import ChannelDown, SendLater
from aggregator.model import Message, Receipt
from publishers.base import ChannelOptions, channel_kinds
from tests.support.loopback import ROOT, JsonHandler, serving
from tests.support.memory_outbox import NOON, a_post

DOCS = ROOT / "docs"


def section(kind: str) -> str:
    text = (DOCS / "channels.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/channels.md has no section on {kind}"
    return found[1]


def example(kind: str) -> dict[str, Any]:
    code = re.search(r"```yaml\n(.*?)```", section(kind), re.DOTALL)
    assert code, f"docs/channels.md has no example of {kind}"
    [entry] = YAML(typ="safe").load(io.StringIO(code[1]))["channels"].values()
    assert entry.pop("kind") == kind
    return dict(entry)


@pytest.mark.parametrize("kind", sorted(channel_kinds()))
def test_every_kind_has_an_example_that_validates(kind):
    chosen = example(kind)
    options = channel_kinds()[kind].Options.model_validate(chosen)
    channel = channel_kinds()[kind](kind, options)
    assert len(channel.missing()) == sum(isinstance(value, dict) for value in chosen.values())


@pytest.mark.parametrize("kind", sorted(channel_kinds()))
def test_every_option_is_told(kind):
    own = channel_kinds()[kind].Options.model_fields.keys() - ChannelOptions.model_fields.keys()
    untold = [name for name in own if name not in section(kind)]
    assert not untold
    table = (DOCS / "channels.md").read_text(encoding="utf-8").partition("## ")[0]
    assert all(f"`{name}`" in table for name in ChannelOptions.model_fields)
    assert f"| `{kind}` |" in table


def test_the_prices_and_lengths_told_are_those_in_force():
    table = (DOCS / "channels.md").read_text(encoding="utf-8").partition("## ")[0]
    for kind in ("bluesky", "x", "handoff", "console"):
        row = next(line for line in table.splitlines() if line.startswith(f"| `{kind}` |"))
        made = channel_kinds()[kind](kind, channel_kinds()[kind].Options.model_validate(example(kind)))
        assert str(made.limits.text) in row
        prices = [made.cost.post, made.cost.post_with_link, made.cost.delete]
        assert all(f"${price:.3f}" in row for price in prices if price)


def written_channel() -> ModuleType:
    code = re.search(r"```python\n(.*?)```", (DOCS / "add-a-channel.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    module = ModuleType("written_channel")
    sys.modules[module.__name__] = module  # where pydantic looks up the options' annotations
    exec(compile(code[1], "docs/add-a-channel.md", "exec"), vars(module))
    return module


class HookServer(JsonHandler):
    kept: ClassVar[dict[str, str]]

    def handle_any(self, body: bytes) -> None:
        if self.headers["Authorization"] != "Bearer nyckel":
            return self.answer(401, {})
        if self.command == "DELETE":
            return self.answer(200 if self.kept.pop(self.path.rpartition("/")[2], None) else 404, {})
        if len(self.kept) > 1:
            return self.answer(429, {}, {"Retry-After": "17"})
        self.kept[str(len(self.kept) + 1)] = json.loads(body)["text"]
        return self.answer(201, {"id": len(self.kept)})


def test_the_channel_written_in_the_docs_works(monkeypatch):
    kept: dict[str, str] = {}
    kind = written_channel().CHANNEL
    monkeypatch.setenv("HOOK_KEY", "nyckel")
    with serving(type("OneHook", (HookServer,), {"kept": kept})) as url:
        hook = kind("hook", kind.Options.model_validate({"address": url, "key": {"env": "HOOK_KEY"}}))
        receipts: list[Receipt] = [hook.send(a_post(str(at)), now=NOON) for at in range(2)]
        assert len(kept) == 2
        with pytest.raises(SendLater) as caught:
            hook.send(a_post("2"), now=NOON)
        assert caught.value.after == 17
        for _ in range(2):
            hook.close(replace(a_post(), receipt=receipts[0]), Message(text="", language="sv"), now=NOON)
        assert list(kept) == ["2"]
        monkeypatch.setenv("HOOK_KEY", "fel")
        with pytest.raises(ChannelDown, match="HOOK_KEY"):
            hook.send(a_post("3"), now=NOON)
