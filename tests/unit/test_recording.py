"""Cases without the people in them: what is replaced, in every spelling, and that the pages still read the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Source
from aggregator.settings.secrets import EnvSecret
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Removed
from spiders.recording import INVENTED, asked_as, make_case, people_in, walk, without_people

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def page(
    text: str, media_type: str = "html", url: str = "https://bruket.example/jobb", encoding: str = "utf-8"
) -> Page:
    return Page(
        url=url,
        status=200,
        body=text.encode(encoding),
        encoding=encoding,
        media_type=media_type,
        fetch=Fetch(url=url),
        retrieved_at=NOW,
    )


@pytest.mark.parametrize(
    ("media_type", "text", "gone"),
    [
        ("html", "<p>Kontakta <b>Erik Lindgren</b>, 0243-123 45.</p>", ["Lindgren", "123 45"]),
        ("html", '<a href="mailto:erik.lindgren@bruket.se">mejla</a>', ["lindgren"]),
        ("html", '<a href="tel:+46243123456">ring</a>', ["123456"]),
        ("html", "<p>Fr&aring;gor: G&ouml;ran &Ouml;berg, goran.oberg@bruket.se</p>", ["berg"]),
        ("xml", "<description>&lt;p&gt;Kontakt: Erik Lindgren, 0243-123 45&lt;/p&gt;</description>", ["Lindgren"]),
        ("xml", "<d>&lt;p&gt;Chef: G&amp;ouml;ran &amp;Ouml;berg, goran.oberg@bruket.se&lt;/p&gt;</d>", ["berg"]),
        ("json", '{"text": "Kontakta Erik Lindgren, 0243-123 45\\nVälkommen"}', ["Lindgren"]),
        ("json", '{"text": "Fr\\u00e5ga G\\u00f6ran \\u00d6berg, goran.oberg@bruket.se"}', ["berg"]),
        ("json", '{"contactPerson": {"name": "Xhevat Qamili-Zaar"}, "title": "Kock"}', ["Qamili"]),
        ("json", '{"mail": "erik.lindgren\\u0040bruket.se"}', ["lindgren"]),
    ],
)
def test_a_persons_details_are_replaced_however_they_are_written(media_type, text, gone) -> None:
    clean, number = without_people(page(text, media_type))
    assert number
    for detail in gone:
        assert detail not in clean
    assert any(invented in clean for invented in INVENTED.values())
    assert not list(people_in(page(clean, media_type)))
    assert clean.count("<") == text.count("<")
    if media_type == "json":
        assert json.loads(clean).keys() == json.loads(text).keys()


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("html", "<h1>Svetsare till Borlänge</h1><p>Vi på Dala Stål AB söker dig. Mejla jobb@dalastal.se.</p>"),
        ("json", '{"title": "Kock", "date": "2026-11-20", "id": 20261120, "url": "https://bruket.example/jobb/4711"}'),
    ],
)
def test_what_is_nobodys_stays(media_type, text) -> None:
    assert without_people(page(text, media_type)) == (text, 0)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.text(max_size=30)
        | st.sampled_from(["Erik Lindgren 0243-123 45", "a.b@c.se", "Anna\nEk, 070-1234567", '"\\']),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["contact", "title", "é"]), inner),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_json_stays_json_of_the_same_shape(data, ascii_only) -> None:
    def shape(value: object) -> object:
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        return [shape(inner) for inner in value] if isinstance(value, list) else type(value)

    clean, _ = without_people(page(json.dumps(data, ensure_ascii=ascii_only), "json"))
    assert shape(json.loads(clean)) == shape(data)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(text) -> None:
    without_people(page(text.encode("utf-8", "replace").decode()))


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Bruket</title><item><title>{title}</title>
<link>https://bruket.example/jobb/1</link><guid>1</guid><description>{text}</description></item></channel></rss>"""


def case(title: str, text: str, encoding: str = "utf-8"):
    from spiders.kinds.feed import Feed

    source = Source(key="case/source", partner="case", kind="feed", url="https://bruket.example/rss")
    return make_case(Feed, source, [page(FEED.format(title=title, text=text), "xml", source.url, encoding)], NOW)


def test_a_case_holds_pages_time_and_what_the_kind_made_of_them() -> None:
    made = case("Kock", "Ring Erik Lindgren, 0243-123 45. Vi lagar mat.", "iso8859-1")
    told = json.loads(made.files["case.json"])
    assert (told["now"], told["url"]) == (NOW.isoformat(), "https://bruket.example/rss")
    assert list(told["pages"].values()) == [["page-1.xml", "xml; charset=iso8859-1"]]
    assert (made.postings, made.left) == (1, ())
    assert made.replaced == 2
    fetch, posting = map(json.loads, made.files["expected.jsonl"].decode().splitlines())
    assert fetch == {"fetch": "https://bruket.example/rss", "step": "start"}
    assert posting["title"] == "Kock"
    assert "Lindgren" not in json.dumps(told | posting) + made.files["page-1.xml"].decode("latin-1")


def test_a_case_that_would_read_differently_without_its_people_is_refused() -> None:
    with pytest.raises(ValueError, match="read differently"):
        case("Personlig assistent till Erik Lindgren 0243-123 45", "Vi söker.")


class Endless(Kind):
    """A board whose every page leads to a next one."""

    name = "endless"

    def read(self, page: Page):  # a generator of Found
        found: Found = Fetch(url=f"{page.url}x")
        yield found


class Keyed(Kind):
    """A board that is asked with a key in its address."""

    name = "keyed"

    class Options(KindOptions):
        key: EnvSecret

    options: Options

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=f"{self.source.url}?key={self.options.key.reveal()}")

    def read(self, page: Page) -> Iterator[Found]:
        yield Removed(identifier="1")


def test_a_case_that_would_hold_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOARD_KEY", "sesam-oppna-dig")
    options = {"key": {"env": "BOARD_KEY"}}
    source = Source(key="case/source", partner="case", kind="keyed", url="https://bruket.example/", options=options)
    fetch = next(Keyed(source).start())
    with pytest.raises(ValueError, match="the value of BOARD_KEY"):
        make_case(Keyed, source, [replace(page("", url=fetch.url), fetch=fetch)], NOW)


def test_a_walk_ends_at_its_bound_and_at_the_first_page_that_cannot_be_had() -> None:
    source = Source(key="case/source", partner="case", kind="endless", url="https://bruket.example/")

    def drive(answer: Callable[[Fetch], Page | str]) -> Any:
        walking = walk(Endless, source, 3)
        fetch = next(walking)
        try:
            while True:
                fetch = walking.send(answer(fetch))
        except StopIteration as stop:
            return stop.value

    endless = drive(lambda fetch: page("", url=fetch.url))
    assert len(endless.pages) == 3
    assert "more than 3 pages" in endless.failure
    assert drive(lambda _: "it answers 403").failure == "it answers 403"


def test_a_post_is_known_by_its_address_and_its_body() -> None:
    assert asked_as(Fetch(url="https://x.example/", method="POST", body="{}")) == "https://x.example/ {}"
