"""Which job system a career page belongs to: right or an honest unknown, never another one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.base import Fetch, Page, kinds
from spiders.detect import GENERAL, MAX_LOOKS, Detection, Inquiry, as_address, by_address, detect
from spiders.fetching import Answer
from spiders.identity import names_of_board, names_of_page, same_name, site_label
from spiders.leads import looks_like_ad
from spiders.pages import media_type

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)

AD = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"JobPosting","title":"Kock"}</script>'
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Jobb</title><item><title>Kock</title></item></channel></rss>'


def page(url: str, text: str, media_type: str = "html") -> Page:
    return Page(
        url=url,
        status=200,
        body=text.encode(),
        encoding="utf-8",
        media_type=media_type,
        fetch=Fetch(url=url),
        retrieved_at=NOW,
    )


def site(pages: dict[str, str], *, moved: dict[str, str] | None = None) -> dict[str, Page | str]:
    """Pages at hand; `moved` are addresses that lead to others of them."""
    types = {url: "xml" if text.startswith("<?xml") else "html" for url, text in pages.items()}
    there: dict[str, Page | str] = {url: page(url, text, types[url]) for url, text in pages.items()}
    return there | {url: there[to] for url, to in (moved or {}).items()}


def seen(html: str, url: str = "https://www.dalverken.se/karriar", **further: str) -> Detection:
    return detect(url, site({url: html, **{name.replace("__", "/"): text for name, text in further.items()}}))


# --- the address alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "source"),
    [
        ("https://dalverken.teamtailor.com/jobs/123-svetsare?utm_source=x", "teamtailor", "https://dalverken.teamtailor.com/"),
        ("dalverken.na.teamtailor.com", "teamtailor", "https://dalverken.na.teamtailor.com/"),
        ("https://dalverken.teamtailor.com/jobs?department_id=7", "teamtailor", "https://dalverken.teamtailor.com/?department_id=7"),
    ],
)  # fmt: skip
def test_a_known_host_tells_the_kind_and_the_whole_board(url, kind, source) -> None:
    found = by_address(url)
    assert (found.kind, found.source) == (kind, source)
    assert found.evidence


@pytest.mark.parametrize(
    "url",
    [
        "https://www.teamtailor.com/sv/",
        "https://na.teamtailor.com/",
        "https://teamtailor.com.dalverken.se/jobs",
        "https://www.dalverken.se/jobb?ref=dalverken.teamtailor.com",
        "https://jobb.dalverken.se/jobs.rss",
        "https://notteamtailor.com",
    ],
)
def test_what_only_resembles_a_known_host_stays_unknown(url) -> None:
    found = by_address(url)
    assert found.kind is None
    assert found.instead


def test_platsbankens_addresses_are_known_but_never_guess_an_employer() -> None:
    found = by_address("https://arbetsformedlingen.se/platsbanken/annonser?q=svetsare&l=3:5zZX_8FH_Sbq;2:oDpK_oZ2_WYt")
    assert found.kind == "platsbanken"
    assert found.options == {"municipalities": ["5zZX_8FH_Sbq"], "regions": ["oDpK_oZ2_WYt"]}
    assert "employer" in found.evidence
    search = by_address("https://jobsearch.api.jobtechdev.se/search?employer=556000-1234&region=20")
    assert search.options == {"organization_numbers": ["5560001234"], "regions": ["20"]}
    kinds()["platsbanken"].Options.model_validate(dict(search.options))


@pytest.mark.parametrize("url", ["https://www.linkedin.com/company/x/jobs", "https://se.indeed.com/cmp/x", "indeed.se"])
def test_sites_whose_terms_forbid_it_are_not_even_looked_at(url) -> None:
    inquiry = Inquiry(url).run()
    with pytest.raises(StopIteration) as stop:
        next(inquiry)
    assert stop.value.value.kind is None
    assert "terms forbid" in stop.value.value.evidence


@pytest.mark.parametrize(
    "url", ["", "  ", "https://", "mailto:jobb@dalverken.se", "javascript:alert(1)", "http://[::1", "jobb"]
)
def test_what_is_no_address_is_told_so(url) -> None:
    found = by_address(url)
    assert found.kind is None
    assert "no web address" in found.evidence


# --- the page -------------------------------------------------------------------------------------------------------

TEAMTAILOR = """<html><head><title>Lediga jobb - Dalverken</title>
<link rel="stylesheet" href="https://assets-aws.teamtailor-cdn.com/assets/packs/css/careersite-1a2b.css">
<link rel="alternate" type="application/rss+xml" title="RSS" href="{feed}">
<script src="https://assets-aws.teamtailor-cdn.com/assets/packs/js/runtime-3c4d.js" defer></script></head>
<body><a href="/jobs/4711-svetsare">Svetsare</a>
<a href="https://www.teamtailor.com/?utm_campaign=poweredby">Karriärsida från Teamtailor</a></body></html>"""


@pytest.mark.parametrize("feed", ["/jobs.rss", "https://jobb.dalverken.se/jobs.rss", ""])
def test_teamtailor_on_the_employers_own_domain(feed) -> None:
    found = seen(TEAMTAILOR.format(feed=feed), "https://jobb.dalverken.se/jobs")
    assert (found.kind, found.source) == ("teamtailor", "https://jobb.dalverken.se/")


@pytest.mark.parametrize(
    "part",
    [
        '<img src="https://assets-aws.teamtailor-cdn.com/logo.png">',
        '<script src="https://scripts.teamtailor-cdn.com/widgets/eu-pink/jobs.js"></script><div class="teamtailor-jobs-widget">',
        '<p>Vi använder teamtailor.</p><link rel="alternate" type="application/rss+xml" href="/blogg/feed/">',
    ],
)
def test_traces_of_teamtailor_on_a_page_that_is_no_career_site_of_theirs_tell_nothing(part) -> None:
    assert seen(f"<html><body>{part}</body></html>").kind is None


def test_teamtailor_in_a_page_saved_with_its_styles() -> None:
    html = """<link rel="stylesheet" href="Jobb_files/careersite.css"><a href="https://jobb.dalverken.se/jobs/4711123-svetsare">S</a>
    <a href="https://www.teamtailor.com/?utm_campaign=poweredby">Karriärsida från Teamtailor</a>"""
    assert seen(html, "https://jobb.dalverken.se/jobs").kind == "teamtailor"
    assert seen(html, "https://www.dalverken.se/jobs").kind is None


def test_ads_on_a_sister_site_tell_of_its_system_before_their_markup_does() -> None:
    ad = TEAMTAILOR.format(feed="/jobs.rss") + AD
    for host in ("jobb.dalverken.se", "jobs.dalverken.com"):
        url = f"https://{host}/jobs/4711123-svetsare"
        pages = site({"https://dalverken.se/om-oss": f'<a href="{url}">Svetsare</a>', url: ad})
        found = detect("https://dalverken.se/om-oss", pages)
        assert (found.kind, found.source) == ("teamtailor", f"https://{host}/")


def test_a_redirect_to_a_known_host_tells() -> None:
    pages = site({"https://dalverken.teamtailor.com/jobs": "<p>Jobb</p>"},
                 moved={"https://dalverken.se/jobb": "https://dalverken.teamtailor.com/jobs"})  # fmt: skip
    found = detect("https://dalverken.se/jobb", pages)
    assert (found.kind, found.source) == ("teamtailor", "https://dalverken.teamtailor.com/")
    assert "leads to" in found.evidence


def test_a_frame_tells_whose_board_it_is_even_before_consent() -> None:
    for attribute in ("src", "data-src", "data-cookieblock-src"):
        found = seen(f'<h1>Jobba hos oss</h1><iframe {attribute}="https://dalverken.varbi.com/se/"></iframe>')
        assert found.kind == "varbi", attribute
        assert "dalverken.varbi.com" in found.source


def test_a_link_to_a_board_of_the_same_name_is_followed_without_fetching_it() -> None:
    found = seen('<title>Karriär</title><a href="https://dalverken.teamtailor.com/jobs">Lediga jobb</a>')
    assert (found.kind, found.source) == ("teamtailor", "https://dalverken.teamtailor.com/")
    assert found.looked_at == ("https://www.dalverken.se/karriar",)


def test_somebody_elses_board_is_not_ours() -> None:
    found = seen('<p>Vår kund <a href="https://borealstal.teamtailor.com/jobs">söker folk: lediga jobb</a></p>')
    assert found.kind is None
    assert "borealstal.teamtailor.com" in found.evidence
    assert "somebody else's" in found.evidence
    assert "give its address" in found.instead


def test_of_several_boards_the_one_that_bears_the_pages_name_is_taken() -> None:
    html = """<a href="https://borealstal.teamtailor.com/jobs">Våra kunder</a>
    <a href="https://dalverken-ab.teamtailor.com/jobs">Jobb</a> <a href="https://fjallgruvan.teamtailor.com/">Ägare</a>"""
    assert seen(html).source == "https://dalverken-ab.teamtailor.com/"


def test_two_boards_of_the_pages_own_name_are_not_chosen_between() -> None:
    html = """<a href="https://dalverken.teamtailor.com/jobs">Jobb</a>
    <a href="https://dalverken.na.teamtailor.com/jobs">Jobs in the USA</a>"""
    found = seen(html)
    assert found.kind is None
    assert "dalverken.na.teamtailor.com" in found.evidence


def test_the_sites_own_name_counts_where_its_domain_is_another() -> None:
    html = '<meta property="og:site_name" content="Höga Kusten Bryggeri AB"><a href="https://hogakustenbryggeri.teamtailor.com/">Jobb</a>'
    assert seen(html, "https://www.hkb.se/").kind == "teamtailor"


REACHMEE = "https://web103.reachmee.com/ext/I005/1078/{}?site=6&validator=0a1b2c3d&lang=SE"


def test_a_board_whose_address_bears_no_name_is_taken_from_a_career_page_that_names_no_other() -> None:
    ads = "".join(f'<a href="{REACHMEE.format("job")}&rmpage=job&rmjob={n}">Kock</a>' for n in range(3))
    found = seen(ads)
    assert (found.kind, found.source) == ("reachmee", REACHMEE.format("main"))
    assert seen(ads, "https://www.dalverken.se/nytt/2026").kind is None
    assert seen(ads + '<a href="https://borealstal.varbi.com/">Lediga jobb</a>').kind is None


def test_a_board_in_a_script_must_bear_the_pages_name_for_scripts_hold_other_peoples_addresses() -> None:
    script = '<script id="__NEXT_DATA__">{{"href":"https://{}.varbi.com/se/"}}</script>'
    assert seen(script.format("dalverken")).kind == "varbi"
    assert seen(script.format("borealstal")).kind is None


def test_an_embedded_board_may_bear_another_name() -> None:
    assert seen('<iframe src="https://dvab.varbi.com/se/"></iframe>').source == "https://dvab.varbi.com/"


def test_a_link_to_platsbanken_is_told_as_the_way_but_names_no_employer() -> None:
    found = seen('<a href="https://arbetsformedlingen.se/platsbanken/annonser?q=dalverken">Lediga jobb</a>')
    assert found.kind is None
    assert "kind: platsbanken" in found.instead


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ('<iframe src="https://recruit.visma.com/External/AssignmentList.aspx?guidGroup=eec0e547-66eb-4849-9a89-4f31c5787c84">', "visma-recruit"),
        ("<script>var jbl_company_id = 1689;</script><script src=https://cdn.jobylon.com/embedder.js></script>", "jobylon"),
        ('<a href="https://dalverken.easycruit.com/vacancy/1/2">Kock</a>', "easycruit"),
        ('<script src="https://boards.greenhouse.io/embed/job_board/js?for=dalverken"></script>', "greenhouse"),
        ('<iframe src="https://candidate.webcruiter.com/en-gb/home/companyadverts?companylock=12345">', "webcruiter"),
        ('<a href="https://candidate.hr-manager.net/vacancies/list.aspx?customer=dalverken">Jobb</a>', "hr-manager"),
        ('<a href="https://dalverken.wd3.myworkdayjobs.com/Careers">Open positions</a>', "workday"),
        ('<link rel=stylesheet href="https://rmkcdn.successfactors.com/0a1b/x.css">', "successfactors"),
    ],
)  # fmt: skip
def test_what_other_systems_leave_in_a_page(part, kind) -> None:
    assert seen(part).kind == kind


def test_two_systems_of_the_pages_own_name_are_not_chosen_between() -> None:
    found = seen(
        '<a href="https://jobs.lever.co/dalverken">Jobs</a><a href="https://boards.greenhouse.io/dalverken">Jobs</a>'
    )
    assert found.kind is None
    assert "lever" in found.evidence
    assert "greenhouse" in found.evidence


def test_a_career_page_one_click_away_is_looked_at() -> None:
    pages = site(
        {
            "https://dalverken.se/": '<a href="/om">Om oss</a> <a href="https://jobb.dalverken.se/">Jobba hos oss</a>',
            "https://jobb.dalverken.se/": TEAMTAILOR.format(feed="/jobs.rss"),
        }
    )
    found = detect("https://dalverken.se/", pages)
    assert (found.kind, found.source) == ("teamtailor", "https://jobb.dalverken.se/")


def test_a_linked_career_site_of_another_name_is_not_taken() -> None:
    pages = site(
        {
            "https://dalverken.se/": '<a href="https://jobb.borealstal.se/">Lediga jobb hos vår kund</a>',
            "https://jobb.borealstal.se/": TEAMTAILOR.format(feed="/jobs.rss"),
        }
    )
    found = detect("https://dalverken.se/", pages)
    assert found.kind is None
    assert "jobb.borealstal.se" in found.evidence


# --- feeds, markup, sitemap -----------------------------------------------------------------------------------------


def test_a_feed_of_jobs_that_the_page_announces() -> None:
    url = "https://www.dalverken.se/karriar"
    html = """<link rel="alternate" type="application/rss+xml" title="Dalverken » Kommentarsflöde" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" title="Dalverken » Flöde" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Dalverken » Jobb Flöde" href="/jobb/feed/">"""
    found = detect(url, site({url: html, "https://www.dalverken.se/jobb/feed/": FEED}))
    assert (found.kind, found.source) == ("feed", "https://www.dalverken.se/jobb/feed/")
    assert "answers" in found.evidence


def test_a_feed_that_answers_with_a_web_page_is_none() -> None:
    url = "https://www.dalverken.se/karriar"
    html = '<link rel="alternate" type="application/rss+xml" title="Jobb" href="/jobb/feed/">'
    found = detect(url, site({url: html, "https://www.dalverken.se/jobb/feed/": "<!doctype html><p>404</p>"}))
    assert found.kind is None
    assert "is no feed" in found.evidence


def test_a_sites_other_feeds_are_not_taken_for_jobs() -> None:
    html = """<link rel="alternate" type="application/rss+xml" title="Flöde" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Karriär Kommentarsflöde" href="/karriar/feed/">"""
    assert seen(html).kind is None


def test_the_address_of_a_feed_itself() -> None:
    url = "https://norrbygg.se/lediga-jobb/feed/"
    assert detect(url, site({url: FEED})).kind == "feed"
    own = FEED.replace('version="2.0"', 'version="2.0" xmlns:tt="https://teamtailor.com/locations"')
    found = detect("https://jobb.norrbygg.se/jobs.rss", site({"https://jobb.norrbygg.se/jobs.rss": own}))
    assert (found.kind, found.source) == ("teamtailor", "https://jobb.norrbygg.se/")


def test_a_feed_in_indeeds_form_is_told_from_other_xml() -> None:
    url = "https://norrbygg.se/export/jobs.xml"
    job = "<job><title>Kock</title><referencenumber><![CDATA[1]]></referencenumber></job>"
    found = detect(url, site({url: f'<?xml version="1.0"?><source><publisher>x</publisher>{job}</source>'}))
    assert (found.kind, found.source) == ("indeed-xml", url)
    assert detect(url, site({url: '<?xml version="1.0"?><source><item>1</item></source>'})).kind is None


def test_markup_on_the_page_itself() -> None:
    found = seen(AD + AD.replace("Kock", "Diskare"), "https://fjallhotellen.se/jobb")
    assert (found.kind, found.source, found.instead) == ("jsonld", "https://fjallhotellen.se/jobb", "")


def test_one_ads_own_page_is_read_but_the_operator_is_warned() -> None:
    found = seen(AD, "https://fjallhotellen.se/jobb/123-kock")
    assert found.kind == "jsonld"
    assert "only this ad" in found.instead


def test_markup_on_the_ads_that_the_page_links_to() -> None:
    pages = site(
        {
            "https://fjallhotellen.se/": '<a href="/jobba-hos-oss/lediga-jobb">Lediga jobb</a>',
            "https://fjallhotellen.se/jobba-hos-oss/lediga-jobb": '<a href="/jobb/12-kock">Kock</a>',
            "https://fjallhotellen.se/jobb/12-kock": AD,
        }
    )
    found = detect("https://fjallhotellen.se/", pages)
    assert (found.kind, found.source) == ("jsonld", "https://fjallhotellen.se/jobba-hos-oss/lediga-jobb")


def test_a_sitemap_whose_ads_carry_markup() -> None:
    ads = "".join(f"<url><loc>https://fjallhotellen.se/jobb/{n}-kock</loc></url>" for n in range(3))
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    index = "<sitemap><loc>https://fjallhotellen.se/{}.xml</loc></sitemap>"
    pages = site(
        {
            "https://fjallhotellen.se/": "<div id=app></div>",
            "https://fjallhotellen.se/sitemap.xml": f'<?xml version="1.0"?><sitemapindex {xmlns}>{index.format("pages")}{index.format("jobs")}</sitemapindex>',
            "https://fjallhotellen.se/jobs.xml": f'<?xml version="1.0"?><urlset {xmlns}>{ads}</urlset>',
            "https://fjallhotellen.se/jobb/0-kock": AD,
        }
    )
    found = detect("https://fjallhotellen.se/", pages)
    assert (found.kind, found.source) == ("sitemap", "https://fjallhotellen.se/jobs.xml")


# --- unknown, honestly ----------------------------------------------------------------------------------------------


def test_nothing_found_says_what_was_looked_at_and_the_nearest_way() -> None:
    found = seen("<title>Välkommen</title><p>Vi gör spik.</p>")
    assert found.kind is None
    assert "https://www.dalverken.se/karriar" in found.evidence
    assert "platsbanken" in found.instead


def test_ads_without_markup_lead_to_the_selectors() -> None:
    url = "https://sagverket.se/jobb"
    found = detect(
        url,
        site(
            {
                url: '<a href="/jobb/1-sagverksarbetare">x</a>',
                "https://sagverket.se/jobb/1-sagverksarbetare": "<h1>x</h1>",
            }
        ),
    )
    assert found.kind is None
    assert "kind: html" in found.instead


def test_a_page_that_could_not_be_had_is_told_in_words() -> None:
    url = "https://dalverken.se/jobb"
    found = detect(url, {url: "robots.txt does not allow it"})
    assert found.kind is None
    assert "robots.txt does not allow it" in found.evidence


def test_a_system_without_a_documented_feed_is_named() -> None:
    found = seen('<a href="https://dalverken.recman.page/">Lediga jobb</a>')
    assert found.kind is None
    assert "Recman" in found.evidence or "recman" in found.instead


def test_two_kinds_that_claim_one_address_are_not_chosen_between(monkeypatch) -> None:
    teamtailor = kinds()["teamtailor"]
    other = type("Other", (teamtailor,), {"name": "other"})
    monkeypatch.setattr("spiders.detect._kinds", lambda: {"teamtailor": teamtailor, "other": other})
    found = by_address("https://dalverken.teamtailor.com/")
    assert found.kind is None
    assert "both" in found.evidence


def test_a_kind_that_fails_costs_nobody_else_an_answer(monkeypatch) -> None:
    broken = classmethod(lambda *_: 1 / 0)
    broken_kind = type("Broken", (kinds()["teamtailor"],), {"name": "broken", "recognise": broken, "trace": broken})

    monkeypatch.setattr("spiders.detect._kinds", lambda: {"broken": broken_kind, **kinds()})
    assert by_address("https://dalverken.teamtailor.com/").kind == "teamtailor"
    found = seen("<p>Vi gör spik.</p>")
    assert "broken failed" in found.evidence


CASES = sorted((Path(__file__).parents[1] / "kinds").glob("*/*/case.json"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
def test_recorded_cases_are_never_taken_for_another_system(file) -> None:
    case, kind = json.loads(file.read_text()), file.parent.parent.name
    assert not case["url"] or by_address(case["url"]).kind in (kind, None)
    for asked, named in case["pages"].items():
        url, body = asked.split(" ")[0], (file.parent / (named if isinstance(named, str) else named[0])).read_bytes()
        media = media_type(Answer(url=url, status=200, body=body))
        found = detect(url, {url: replace(page(url, "", media), body=body)})
        assert found.kind in (kind, None, "jsonld" if media == "html" else None), url
        assert not (url == case["url"] and found.kind == "jsonld" != kind and kind not in GENERAL), url


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("https://www.dalverken.se", "https://dalverken.teamtailor.com", True),
        ("https://www.dalverken.se", "https://dalverken-1750238140.teamtailor.com", True),
        ("https://www.dalverken.se", "https://jobs.lever.co/dalverkengroup", True),
        ("https://www.dalverken.se", "https://career.dalverken.com", True),
        ("https://www.falun.se", "https://falukommun.varbi.com", False),
        ("https://www.borlange.se", "https://ludvikakommun.varbi.com", False),
        ("https://www.teamtailorpartner.se", "https://borealstal.teamtailor.com", False),
        ("https://www.norr.se", "https://norrbygg.teamtailor.com", False),
        ("https://norr.eu/careers", "https://jobs.lever.co/norrv2", True),
        ("https://jobb.acme.co.uk", "https://acme.teamtailor.com", True),
    ],
)
def test_names_are_compared_without_what_says_nothing(ours, theirs, same) -> None:
    from spiders.extract.outline import Outline

    known = by_address(theirs).kind is not None or "lever.co" in theirs or "varbi" in theirs
    assert same_name(names_of_page(ours, Outline()), names_of_board(theirs, {}, of_system=known)) is same


def test_the_label_of_a_domain() -> None:
    assert [site_label(f"https://{host}") for host in ("acme.se", "www.acme.co.uk", "a.b.acme.com", "127.0.0.1")] == [
        "acme", "acme", "acme", "127.0.0.1",
    ]  # fmt: skip


def test_a_list_below_the_page_about_working_there_is_no_ad() -> None:
    assert not looks_like_ad("https://x.se/jobba-hos-oss/lediga-jobb")
    assert looks_like_ad("https://x.se/lediga-jobb/kock-till-idre")


# --- whatever comes -------------------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    ["<a href=", "<iframe src='", "https://", "x.teamtailor.com/", "teamtailor", "<link rel=alternate type=application/rss+xml href=",
     "'", '"', ">", "jobb", "<base href='http://[", "<script type='application/ld+json'>", '{"@type":"JobPosting"', "}", "\x00", "&#0;",
     "//", ":", "\ud7ff", "<?xml", "<rss", "<urlset>", "<loc>", "</", "%", "#!", "jobs.rss", "boards.greenhouse.io/embed/job_board?for="]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.binary(max_size=400), st.lists(_PIECES, max_size=25).map(lambda parts: "".join(parts).encode())),
    st.text(max_size=40),
)
def test_any_bytes_at_any_address_give_an_answer_with_a_reason(body, path) -> None:
    url = f"https://dalverken.se/{path}"
    answer = replace(page("https://dalverken.se/jobb", ""), body=body)
    found = detect(url, {as_address(url): answer})
    assert found.evidence
    assert found.kind is None or found.kind in kinds()
    assert found.kind or found.instead


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_as_an_address_gives_an_answer(text) -> None:
    found = by_address(text)
    assert found.url == text
    assert found.evidence


def test_no_more_than_a_few_pages_are_ever_asked_for() -> None:
    html = "".join(f'<a href="/karriar/{n}">Lediga jobb</a><a href="/jobb/{n}-kock">Kock</a>' for n in range(500))
    inquiry = Inquiry("https://dalverken.se/").run()
    asked = [next(inquiry)]
    with suppress(StopIteration):
        while len(asked) < 100:
            asked.append(inquiry.send(page(asked[-1], html)))
    assert len(asked) <= MAX_LOOKS
    assert len(set(asked)) == len(asked)


def test_general_kinds_are_tried_after_all_systems() -> None:
    assert {"feed", "jsonld", "html"} <= set(GENERAL)
    assert "teamtailor" not in GENERAL
