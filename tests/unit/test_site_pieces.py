"""The site's pure pieces: an ad's text, safe links, addresses, colours, likeness, and Google's JobPosting."""

import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Partner, Place, RemoteMode, Vacancy
from publishers.cards import Brand
from publishers.cards.brand import contrast
from publishers.site import page_address
from publishers.site.looks import colours
from publishers.site.similar import Similar
from publishers.site.structured import job_posting, json_in_page
from publishers.site.text import as_html, blocks, one_line, plain, slug, summary, web_address
from publishers.site.views import ad_language, edition_of, facts_of, job_view, remote_of
from publishers.site.words import PATHS, UI, Speech
from tests.support.sample_region import NOW, partners, site_data, tag, vacancy

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


# --- text ----------------------------------------------------------------------------------------------------------


def test_an_ad_becomes_headings_paragraphs_and_lists():
    text = "Om jobbet\n\nVi söker dig.\nAndra raden.\n\nDu får\n- lön\n- semester\nVälkommen!\n\n* en punkt"
    assert [(block.kind, block.lines) for block in blocks(text)] == [
        ("heading", ("Om jobbet",)),
        ("paragraph", ("Vi söker dig.", "Andra raden.")),
        ("heading", ("Du får",)),
        ("list", ("lön", "semester")),
        ("paragraph", ("Välkommen!",)),
        ("list", ("en punkt",)),
    ]


class Strict(HTMLParser):
    """Collects the tags and the text, and refuses what is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, name, attrs):
        self.tags.add(name)
        assert not attrs
        if name != "br":
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.text += data


@given(st.text(max_size=400))
def test_any_ad_is_well_formed_html_with_all_its_words(text):
    parser = Strict()
    parser.feed(as_html(blocks(text)))
    parser.close()
    assert not parser.open
    assert parser.tags <= {"p", "ul", "li", "br"}
    wanted = "".join(char for char in plain(text) if char.isalnum())
    assert "".join(char for char in parser.text if char.isalnum()) == wanted


def test_markup_in_an_ad_is_text():
    assert as_html(blocks("<script>alert(1)</script> & så")) == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; så</p>"


@given(st.text(max_size=300), st.integers(5, 200))
def test_a_summary_is_short_and_on_one_line(text, longest):
    short = summary(text, longest)
    assert len(short) <= longest
    assert short == one_line(short)


@pytest.mark.parametrize("address", ["https://jobb.example/a?b=1#c", "http://x.example:8080/", "HTTPS://Å.example/ä"])
def test_web_addresses_are_links(address):
    assert web_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<b>",
        "mailto:a@b.example",
        "//x.example/",
        "/jobb",
        "https://",
        "https:///x",
        "http://[::1",
        "http://x.example:99999/",
        'https://x.example/"onclick="x',
        "https://x.example/<b>",
        "https://x.example\\@evil.example/",
        "",
    ],
)
def test_anything_else_is_no_link(address):
    assert web_address(address) == ""


def test_slugs_are_plain():
    assert slug("Örnsköldsvik") == "ornskoldsvik"
    assert slug("Malung-Sälen / Dalarna") == "malung-salen-dalarna"
    assert slug("../..") == "x"


# --- words ---------------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things():
    assert UI["sv"].keys() == UI["en"].keys()
    assert PATHS["sv"].keys() == PATHS["en"].keys()
    for phrase, swedish in UI["sv"].items():
        placeholders = {part.split("}")[0] for part in swedish.split("{")[1:]}
        assert placeholders == {part.split("}")[0] for part in UI["en"][phrase].split("{")[1:]}, phrase


def test_every_phrase_is_used():
    from pathlib import Path

    from publishers import site

    folder = Path(site.__file__).parent
    code = "".join(
        path.read_text("utf-8") for path in (*folder.rglob("*.py"), *folder.rglob("*.j2")) if path.name != "words.py"
    )
    code += (folder / "words.py").read_text("utf-8").split("class Speech")[1]
    made = ("level_", "remote_", "education_")
    unused = [
        p
        for p in UI["sv"]
        if not p.startswith(made) and not p.isupper() and f'"{p}"' not in code and f"'{p}'" not in code
    ]
    assert unused == []


def test_dates_in_words():
    swedish, english = Speech("sv", "Europe/Stockholm", NOW), Speech("en", "Europe/Stockholm", NOW)
    deadline = datetime(2026, 12, 3, 23, 0, tzinfo=UTC)  # midnight in Stockholm: the day that ends
    assert swedish.date(deadline, deadline=True) == "torsdag 3 december"
    assert english.date(deadline, deadline=True) == "Thursday 3 December"
    assert swedish.iso(deadline, deadline=True) == "2026-12-03"
    assert swedish.iso(deadline) == "2026-12-04"
    assert swedish.date(datetime(2027, 1, 11, 12, tzinfo=UTC)) == "11 januari 2027"
    assert swedish.name_of("en") == "engelska"
    assert english.name_of("zz") == "zz"
    assert Speech("fi", "Europe/Stockholm", NOW).say("jobs") == "Job openings"


def test_addresses_are_the_promised_ones():
    address, languages = "https://jobb.example", ("sv", "en")
    assert page_address(address, languages, "sv", "job", "ab12") == "https://jobb.example/jobb/ab12/"
    assert page_address(address + "/", languages, "en", "job", "ab12") == "https://jobb.example/en/jobs/ab12/"
    assert page_address(address, languages, "de") == "https://jobb.example/"
    assert page_address(address, languages, "en", "employers", "Å & Ö") == "https://jobb.example/en/employers/a-o/"
    assert page_address(address, ("en",), "en", "life") == "https://jobb.example/life-here/"


# --- colours -------------------------------------------------------------------------------------------------------


@given(COLOUR, COLOUR, st.booleans())
def test_every_text_on_the_site_can_be_read(primary, accent, dark):
    of = colours(Brand(primary=primary, accent=accent), dark=dark)
    for text in ("text", "muted", "link"):
        for ground in ("paper", "card"):
            assert contrast(of[text], of[ground]) >= 4.5, (text, ground)
    assert contrast(of["ink"], of["ground"]) >= 4.5
    assert contrast(of["ink"], of["beam"]) >= 4.5
    assert contrast(of["gleam"], of["ground"]) >= 4.5
    assert contrast(of["accent-ink"], of["accent"]) >= 4.5
    assert contrast(of["button-ink"], of["button"]) >= 4.5
    for ground in ("paper", "card"):
        assert contrast(of["edge"], of[ground]) >= 3
        assert contrast(of["focus"], of[ground]) >= 3


# --- views ---------------------------------------------------------------------------------------------------------


def test_the_facts_quote_the_ads_own_words():
    edition = edition_of(site_data(), "sv", {})
    facts = {fact.name: fact for fact in facts_of(vacancy(0), job_view(vacancy(0), edition), edition)}
    assert facts["Utbildning"].value == "Ingen examen krävs"
    assert facts["Utbildning"].words == "ingen utbildning krävs, vi lär upp dig"
    assert facts["Sista ansökningsdag"].value == "torsdag 3 december"
    assert facts["Anställning"].value == "Deltid, Tidsbegränsad"
    assert facts["Kvalifikationsnivå"].value.startswith("2")
    assert facts["Antal platser"].value == "2"


@pytest.mark.parametrize("tags", [(), (tag("education", "unknown"),), (tag("education", "none", confidence=0.7),)])
def test_what_is_not_sure_about_education_is_not_said(tags):
    edition = edition_of(site_data(), "sv", {})
    shown = vacancy(0, tags=tags)
    job = job_view(shown, edition)
    assert not job.no_degree
    assert not job.badge
    assert "Utbildning" not in {fact.name for fact in facts_of(shown, job, edition)}


def test_the_tagged_language_and_mode_come_before_the_sources():
    assert ad_language(vacancy(5)) == "en"
    assert ad_language(vacancy(5, tags=(), in_language="sv-SE")) == "sv"
    assert ad_language(vacancy(5, tags=(), in_language='"><')) == ""
    assert remote_of(vacancy(0, tags=(tag("remote", "hybrid"),))) == "hybrid"
    assert remote_of(vacancy(0, tags=(tag("remote", "on-site"),))) == ""


# --- similar -------------------------------------------------------------------------------------------------------


def test_the_same_occupation_in_the_same_place_is_most_similar():
    welder, other = vacancy(0), vacancy(1)
    twin = vacancy(0, id="twin")
    elsewhere = vacancy(0, id="elsewhere", tags=(tag("ssyk", "7212"), tag("municipality", "2062")))
    stranger = vacancy(12, partner="x")
    ranked = Similar([welder, stranger, other, elsewhere, twin]).to(welder, count=5)
    assert [each.id for each in ranked] == ["twin", "elsewhere", other.id]


def test_order_does_not_matter():
    many = [vacancy(number) for number in range(40)]
    assert Similar(many).to(many[7]) == Similar(many[::-1]).to(many[7])
    assert many[7] not in Similar(many).to(many[7])


# --- JobPosting ----------------------------------------------------------------------------------------------------


NORRA = partners()[0]


def posting(shown: Vacancy, partner: Partner | None = NORRA) -> Any:
    return job_posting(
        shown,
        url="https://jobb.example/jobb/v000k/",
        partner=partner,
        region="Dalarna",
        country="SE",
        time_zone="Europe/Stockholm",
    )


def test_a_job_posting_field_by_field():
    data = posting(vacancy(0))
    assert data is not None
    description = data.pop("description")
    assert description.startswith("<p>Vi söker en svetsare")
    assert "<ul><li>planera" in description
    assert data == {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Svetsare",
        "datePosted": "2026-11-21",
        "validThrough": "2026-12-03T23:59:59+01:00",
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Norra Mekaniska AB",
            "sameAs": "https://www.norra.example/",
        },
        "identifier": {"@type": "PropertyValue", "name": "Norra Mekaniska AB", "value": "v000k"},
        "jobLocation": [
            {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "addressLocality": "Ludvika",
                    "addressRegion": "Dalarna",
                    "addressCountry": "SE",
                },
            }
        ],
        "employmentType": ["PART_TIME", "TEMPORARY"],
        "educationRequirements": "no requirements",
        "totalJobOpenings": 2,
        "url": "https://jobb.example/jobb/v000k/",
        "directApply": False,
    }


def test_remote_work_says_where_one_may_live():
    data = posting(vacancy(0, job_location_type=RemoteMode.REMOTE))
    assert data is not None
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert data["applicantLocationRequirements"] == {"@type": "Country", "name": "SE"}
    hybrid = posting(vacancy(0, job_location_type=RemoteMode.HYBRID))
    assert hybrid is not None
    assert "jobLocationType" not in hybrid


def test_the_tagged_municipality_stands_in_for_a_missing_place():
    data = posting(vacancy(0, job_location=()))
    assert data is not None
    assert data["jobLocation"][0]["address"]["addressLocality"] == "Ludvika"
    assert posting(vacancy(0, job_location=(), tags=())) is None
    full = posting(
        vacancy(
            0,
            job_location=(Place(street_address="Storgatan 1", postal_code="771 30", locality="Ludvika", country="SE"),),
        )
    )
    assert full is not None
    assert full["jobLocation"][0]["address"]["streetAddress"] == "Storgatan 1"


@pytest.mark.parametrize("changes", [{"description": " \n"}, {"title": "  "}, {"hiring_organization": ""}])
def test_half_a_job_posting_is_none(changes):
    assert posting(vacancy(0, **changes), partner=None) is None


def test_somebody_elses_name_does_not_get_the_partners_website():
    data = posting(vacancy(0, hiring_organization="Bemanning AB"))
    assert data is not None
    assert data["hiringOrganization"] == {"@type": "Organization", "name": "Bemanning AB"}


@given(st.text(max_size=100))
def test_json_in_a_page_cannot_leave_its_script(text):
    written = json_in_page({"title": text})
    assert not set(written) & set("<>&")
    assert json.loads(written) == {"title": text}


def test_the_date_of_first_sight_stands_in_for_a_missing_one():
    data = posting(vacancy(0, date_posted=None, opened_at=NOW - timedelta(days=3)))
    assert data is not None
    assert data["datePosted"] == "2026-11-18"
