"""`jobbfyr tag` as a function: one schema.org JobPosting object in, its tags with the words that prove them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from aggregator.model import Tag
from aggregator.schema_org import from_schema_org
from aggregator.tagging.rules import TagRules
from aggregator.tagging.tagger import tag

_MARKUP = re.compile(r"</?(?:p|br|div|ul|ol|li|h[1-6]|strong|b|span)\b[^>]*>", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|br|div|ul|ol|h[1-6]|section|table|tr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")

LISTS = ("municipality", "area", "languages_required", "employment_type", "topic")
"""Axes that hold several codes; the others hold one, or null when nothing is known."""

SINGLES = ("county", "remote", "ssyk", "isco", "education", "seniority", "language")


def tag_line(obj: Mapping[str, Any], rules: TagRules) -> dict[str, Any]:
    """The line's `identifier` and its `tags` as JSON-able values.

    `tags` holds each axis (a list, a code or null; `skill_level` an int 1-4 or null; `county` that of the surest place,
    `counties` all), `confidence` (axis -> 0-1, of its surest code) and `evidence` (axis -> list of field, words, rule).
    """
    posting = from_schema_org(obj)
    if _MARKUP.search(posting.description):
        posting = replace(posting, description=_plain(posting.description))
    tags = tag([posting], rules)
    by_axis: dict[str, list[Tag]] = {}
    for each in tags:
        by_axis.setdefault(each.axis, []).append(each)
    said: dict[str, Any] = {axis: [each.code for each in by_axis.get(axis, ())] for axis in LISTS}
    said |= {axis: by_axis[axis][0].code if axis in by_axis else None for axis in SINGLES}
    said["counties"] = [each.code for each in by_axis.get("county", ())]
    said["skill_level"] = int(by_axis["skill_level"][0].code) if "skill_level" in by_axis else None
    said["confidence"] = {axis: found[0].confidence for axis, found in by_axis.items()}
    said["evidence"] = {
        axis: [{"field": e.field, "words": e.words, "rule": e.rule} for each in found for e in each.evidence]
        for axis, found in by_axis.items()
    }
    return {"identifier": posting.identifier or _identifier(obj), "tags": said}


def _plain(markup: str) -> str:
    """Running text of a description with markup in it, as other people's JobPosting objects have."""
    text = _SCRIPT.sub(" ", markup)
    text = _BLOCK.sub("\n", _ITEM.sub("\n- ", text))
    return unescape(_TAG.sub("", text))


def _identifier(obj: Mapping[str, Any]) -> object:
    value = obj.get("identifier")
    return value.get("value") if isinstance(value, Mapping) else value
