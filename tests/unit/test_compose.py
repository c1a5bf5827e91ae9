"""A draft fitted to every channel's counting: it never exceeds its limit and never loses its link."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Content, ContentKind, Image
from publishers.base import Limits
from publishers.compose import (
    CLOSED,
    SHIPPED,
    ComposeError,
    Draft,
    Item,
    Templates,
    check_template,
    compose,
    date_words,
    drop_link,
    place_words,
)
from publishers.lengths import fits, x_links

LINK = "https://jobb.dalarna.se/jobb/AB12CD/"
TEMPLATES = Templates()
LIMITS = [
    Limits(count="x-weighted", text=280, link=23),
    Limits(count="mastodon", text=500, link=23),
    Limits(count="graphemes", text=300, bytes=3000),
    Limits(count="characters", text=200),
    Limits(count="utf-16", text=120),
]


def a_draft(**changes: Any) -> Draft:
    draft = Draft(
        content=Content(kind=ContentKind.VACANCY, key="vacancy:AB12CD", vacancies=("AB12CD",)),
        language="sv",
        title="Underhållstekniker",
        employer="Spendrups",
        places=("Ludvika",),
        deadline=date(2026, 12, 3),
        needs_no_degree=True,
        link=LINK,
        hashtags=("Dalarna", "Jobb"),
    )
    return replace(draft, **changes)


WORDS = st.text(max_size=400)
DRAFTS = st.builds(
    Draft,
    content=st.sampled_from(ContentKind).map(lambda kind: Content(kind=kind, key=f"{kind}:x")),
    language=st.sampled_from(["sv", "en", "de", "xx"]),
    title=WORDS,
    employer=WORDS,
    places=st.lists(st.text(max_size=40), max_size=5).map(tuple),
    deadline=st.none() | st.dates(),
    needs_no_degree=st.booleans(),
    text=st.text(max_size=900),
    link=st.just(LINK),
    region=st.text(max_size=30),
    hashtags=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    items=st.lists(st.builds(Item, title=WORDS, employer=WORDS, places=st.just(("Mora",))), max_size=6).map(tuple),
)


@settings(max_examples=120, deadline=None)
@given(draft=DRAFTS, limits=st.sampled_from(LIMITS))
def test_a_message_fits_and_holds_its_link(draft, limits):
    message = compose(draft, limits, TEMPLATES)
    assert fits(message.text, limits)
    assert LINK in message.text.split()
    assert message.link == LINK
    if (
        draft.content.kind in {ContentKind.VACANCY, ContentKind.ROUND_UP}
        and limits.count == "x-weighted"
        and not draft.region
    ):
        assert x_links(message.text) == [LINK]


@settings(max_examples=60, deadline=None)
@given(draft=DRAFTS, room=st.integers(40, 200))
def test_the_smaller_the_room_the_link_stays(draft, room):
    limits = Limits(count="characters", text=room)
    message = compose(draft, limits, TEMPLATES)
    assert fits(message.text, limits)
    assert LINK in message.text.split()


def test_a_vacancy_in_swedish():
    assert compose(a_draft(), LIMITS[0], TEMPLATES).text == (
        "Underhållstekniker\nSpendrups, Ludvika\n\nIngen högskoleexamen krävs.\nSök senast 3 december.\n"
        "https://jobb.dalarna.se/jobb/AB12CD/\n\n#Dalarna #Jobb"
    )


def test_a_vacancy_in_english_without_employer_or_deadline():
    draft = a_draft(language="en", title="Welder", employer="", places=(), deadline=None, needs_no_degree=False)
    assert compose(draft, LIMITS[0], TEMPLATES).text == f"Welder\n\n{LINK}\n\n#Dalarna #Jobb"


def test_hashtags_give_way_first_then_the_longest_words():
    whole = compose(a_draft(), Limits(count="characters", text=1000), TEMPLATES)
    assert whole.hashtags == ("Dalarna", "Jobb")
    one = compose(a_draft(), Limits(count="characters", text=len(whole.text) - 1), TEMPLATES)
    assert one.hashtags == ("Dalarna",)
    assert "Underhållstekniker" in one.text
    none = compose(a_draft(), Limits(count="characters", text=len(one.text) - 1), TEMPLATES)
    assert none.hashtags == ()
    assert "#" not in none.text
    short = compose(a_draft(), Limits(count="characters", text=len(none.text) - 4), TEMPLATES)
    assert "Underhållstek…\nSpendrups, Ludvika" in short.text
    assert "Ingen högskoleexamen krävs." in short.text


def test_a_round_up_loses_items_before_it_loses_their_sense():
    items = tuple(
        Item(title=f"Operatör till verket {at}", employer="Avesta Stål", places=("Avesta",)) for at in range(6)
    )
    draft = a_draft(
        content=Content(kind=ContentKind.ROUND_UP, key="round-up:x"), title="", region="Dalarna", items=items
    )
    text = compose(draft, Limits(count="graphemes", text=250), TEMPLATES).text
    assert text.startswith("Lediga jobb i Dalarna\n")
    assert text.count("•") == 3
    assert "… och 3 till" in text
    assert "Operatör till verket 2, Avesta Stål, Avesta" in text


def test_no_room_for_the_link_is_said():
    with pytest.raises(ComposeError, match=r"link .* is longer than a post"):
        compose(a_draft(), Limits(count="characters", text=20), TEMPLATES)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://a.se/", "https://a@b.se/"])
def test_a_bad_link_is_refused(link):
    with pytest.raises(ComposeError, match="vacancy:AB12CD"):
        compose(a_draft(link=link), LIMITS[0], TEMPLATES)


def test_only_the_operator_s_own_words_may_tag_and_mention():
    title = "Kom hit #Dalarna @visitdalarna"
    story = a_draft(content=Content(kind=ContentKind.STORY, key="story:x"), title=title, text="Se @a")
    assert title in compose(story, LIMITS[0], TEMPLATES).text
    assert "Kom hit Dalarna visitdalarna" in compose(a_draft(title=title), LIMITS[0], TEMPLATES).text


def test_the_region_s_templates_come_first_and_a_channel_s_before_them(tmp_path):
    (tmp_path / "bluesky").mkdir()
    (tmp_path / "vacancy.sv.txt.j2").write_text("Region: {{ title }}", encoding="utf-8")
    (tmp_path / "bluesky" / "vacancy.sv.txt.j2").write_text("Blå: {{ title }}", encoding="utf-8")
    own = Templates(tmp_path)
    assert compose(a_draft(), LIMITS[0], own).text == f"Region: Underhållstekniker\n{LINK}"
    assert compose(a_draft(), LIMITS[0], own, channel=("sky", "bluesky")).text == f"Blå: Underhållstekniker\n{LINK}"
    assert "Ansökan är stängd" in compose(a_draft(), LIMITS[0], own, template=CLOSED).text
    assert "Apply by" in compose(a_draft(language="fi"), LIMITS[0], own).text


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ title }", "line 1"),
        ("{{ titel }}", "unknown name titel"),
        ("{{ title | shout }}", "No filter named 'shout'"),
        ("{% for item in items %}{{ item.title }}{% endfor %}", None),
    ],
)
def test_a_template_is_checked_before_it_is_needed(source, fault, tmp_path):
    said = check_template(source)
    assert (said is None) if fault is None else (said is not None and fault in said)


@pytest.mark.parametrize(
    "source",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ nothing }}",
        "{{ 1 / 0 }}",
        "{% include 'gone.j2' %}",
        "{{ items.append(1) }}",
    ],
)
def test_a_template_that_misbehaves_is_an_error_with_its_name(source, tmp_path):
    (tmp_path / "vacancy.sv.txt.j2").write_text(source, encoding="utf-8")
    with pytest.raises(ComposeError, match=r"template (vacancy\.sv|gone)"):
        compose(a_draft(), LIMITS[0], Templates(tmp_path))


@pytest.mark.parametrize("kind", [*(kind.value for kind in ContentKind), CLOSED])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_content_has_its_shipped_template(kind, language):
    assert check_template((SHIPPED / f"{kind}.{language}.txt.j2").read_text(encoding="utf-8")) is None


def test_dates_and_places_in_words():
    assert date_words(date(2026, 12, 3), "sv") == "3 december"
    assert date_words(date(2026, 12, 3), "en") == "3 December"
    assert date_words(date(2028, 1, 3), "sv", today=date(2026, 11, 21)) == "3 januari 2028"
    assert place_words(["Falun", "Mora", "Rättvik"], "sv") == "Falun, Mora och Rättvik"
    assert place_words(["Falun", "Mora", "Rättvik", "Orsa", "Leksand"], "en") == "Falun, Mora, Rättvik and 2 more"
    assert place_words([], "sv") == ""


def test_alt_text_fits_the_channel():
    image = Image(path="x.png", alt="ord " * 600, width=1200, height=675)
    message = compose(a_draft(images=(image,)), replace(LIMITS[0], alt=100), TEMPLATES)
    assert len(message.images[0].alt) <= 100
    assert message.images[0].alt.endswith("ord…")


def test_without_its_link_the_rest_stands():
    bare = drop_link(compose(a_draft(), LIMITS[0], TEMPLATES))
    assert LINK not in bare.text
    assert (bare.link, bare.card, bare.marker) == ("", None, "")
    assert bare.text.endswith("Sök senast 3 december.\n\n#Dalarna #Jobb")


def test_the_same_draft_gives_the_same_message():
    assert compose(a_draft(), LIMITS[2], Templates()) == compose(a_draft(), LIMITS[2], TEMPLATES)
