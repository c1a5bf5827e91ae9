"""The site among the channels: found by walking the folder, and nothing is ever posted to it."""

from typing import Any

import pytest
from pydantic import ValidationError

from aggregator.errors import SendRefused
from publishers.base import channel_kinds


def test_the_site_is_a_channel_that_takes_no_posts():
    kind = channel_kinds()["site"]
    assert kind.takes_posts is False
    channel = kind("site", kind.Options())
    assert channel.missing() == ()
    assert channel.check() == ()
    nothing: Any = None
    with pytest.raises(SendRefused, match="takes no posts"):
        channel.send(nothing, now=nothing)
    assert channel.look_up(nothing) is None


def test_its_options_are_checked():
    options = channel_kinds()["site"].Options
    assert options.model_validate({"folder": "webb", "cards_per_build": 0}).model_dump()["folder"] == "webb"
    for wrong in ({"folder": ""}, {"cards_per_build": -1}, {"folders": "x"}):
        with pytest.raises(ValidationError):
            options.model_validate(wrong)
