"""Career sites of large systems, large feeds and sitemaps: their addresses, their bounds, what is read again and when."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import JobPosting, Known, PostingState, Problem, Source, SourceState
from spiders.base import Fetch, Found, Kind, Listed, Removed, kinds
from spiders.crawl import Job, Manners, crawl
from spiders.extract.listing import RE_READ, is_unchanged
from spiders.extract.xml import XmlRefusedError
from spiders.extract.xmlstream import CHUNK, XmlStream
from spiders.kinds.successfactors import _sure_date, _title_and_places
from spiders.parse import parse_file, read_saved
from tests.support.webserver import Asked, Reply, WebServer

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MINE = ("successfactors", "workday", "bamboohr", "pinpoint", "join", "oracle-recruiting", "indeed-xml", "sitemap")


def kind_of(name: str, url: str, known: Known | None = None, **options: object) -> Kind:
    return kinds()[name](Source(key="a/b", partner="a", kind=name, url=url, options=options), known)


def reading(kind: Kind, body: bytes | object, fetch: Fetch | None = None) -> list[Found]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fetch = fetch or next(iter(kind.start()))
    return list(read_saved(kind, data, fetch.url, None, NOW, fetch=fetch))


def known(*states: PostingState, last_success: datetime | None = NOW) -> Known:
    state = SourceState(key="a/b", last_success=last_success)
    return Known(source=state, postings={one.identifier: one for one in states})


def state(identifier: str, **more: object) -> PostingState:
    told = {"title": "Kock", "url": f"https://x.example/{identifier}", "first_seen": NOW, "last_seen": NOW, **more}
    return PostingState(identifier=identifier, fingerprint="", **told)  # type: ignore[arg-type]


def codes(found: list[Found]) -> list[str]:
    return [one.code for one in found if isinstance(one, Problem)]


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind", "board"),
    [
        ("https://acme.wd3.myworkdayjobs.com/en-US/Jobb", "workday", "https://acme.wd3.myworkdayjobs.com/Jobb"),
        ("https://acme.wd103.myworkdayjobs.com/Jobb/job/Falun/Kock_R1?source=x", "workday", "https://acme.wd103.myworkdayjobs.com/Jobb"),
        ("https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Jobb/jobs", "workday", "https://acme.wd3.myworkdayjobs.com/Jobb"),
        ("https://wd3.myworkdaysite.com/en-US/recruiting/acme/Jobb", "workday", "https://wd3.myworkdaysite.com/recruiting/acme/Jobb"),
        ("https://career5.successfactors.eu/career?company=Acme&lang=sv_SE", "successfactors", "https://career5.successfactors.eu/career?company=Acme"),
        ("https://career012.successfactors.eu/career?career_company=Acme", "successfactors", "https://career012.successfactors.eu/career?company=Acme"),
        ("https://performancemanager5.successfactors.eu/sf/careers/jobsearch?bplte_company=Acme", "successfactors", "https://performancemanager5.successfactors.eu/career?company=Acme"),
        ("https://acme.jobs.hr.cloud.sap/se/", "successfactors", "https://acme.jobs.hr.cloud.sap/"),
        ("https://acme.bamboohr.com/careers/41", "bamboohr", "https://acme.bamboohr.com/careers"),
        ("https://acme.bamboohr.com/jobs/embed2.php", "bamboohr", "https://acme.bamboohr.com/careers"),
        ("https://acme.pinpointhq.com/en/postings/1", "pinpoint", "https://acme.pinpointhq.com/"),
        ("https://join.com/companies/acme/123-kock?pid=1", "join", "https://join.com/companies/acme"),
        ("https://x.fa.em2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/7/?utm_medium=x", "oracle-recruiting", "https://x.fa.em2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1"),
        ("https://jobb.acme.se/hcmUI/CandidateExperience/sv/sites/Jobb/requisitions", "oracle-recruiting", "https://jobb.acme.se/hcmUI/CandidateExperience/sv/sites/Jobb"),
    ],
)  # fmt: skip
def test_an_address_tells_its_board_and_no_other_kind_takes_it(address, kind, board):
    told = {name: found for name in kinds() if (found := kinds()[name].recognise(address))}
    assert {name: found.url for name, found in told.items()} == {kind: board}
    again = kinds()[kind].recognise(told[kind].url)
    assert again is not None, "what is written into the YAML tells the same board"
    assert again.url == board


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.wd3.myworkdayjobs.com/",
        "https://acme.wd3.myworkdayjobs-impl.com/Jobb",
        "https://acme.wd3.myworkdayjobs.com.evil.example/Jobb",
        "https://www.workday.com/en-us/company/careers",
        "https://impl.workday.com/acme/login",
        "https://career5.successfactors.eu/career",
        "https://www.successfactors.com/careers?company=x",
        "https://rmkcdn.successfactors.com/5f/logo.png",
        "https://acme.bamboohr.com/",
        "https://acme.bamboohr.com/login.php",
        "https://www.bamboohr.com/careers/",
        "https://www.pinpointhq.com/features",
        "https://join.com/",
        "https://join.com/jobs",
        "https://www.oracle.com/careers/",
        "https://x.fa.em2.oraclecloud.com/fscmUI/faces/Home",
        "https://acme.se/jobb?next=https://acme.bamboohr.com/careers",
    ],
)
def test_an_address_that_tells_no_board_is_no_kinds(address):
    assert [name for name in MINE if kinds()[name].recognise(address)] == []


def test_a_workday_address_keeps_its_filters_and_nothing_else():
    facet = "bc33aa3152ec42d4995f4791a106ed09"
    url = f"https://acme.wd3.myworkdayjobs.com/sv-SE/Jobb?locationCountry={facet}&q=tekniker&source=LinkedIn"
    board = kinds()["workday"].recognise(url)
    assert board is not None
    assert board.options == {"facets": {"locationCountry": [facet]}, "search": "tekniker"}
    by_options = next(iter(kind_of("workday", board.url, None, **board.options).start()))
    by_address = next(iter(kind_of("workday", url).start()))
    assert by_options.body == by_address.body
    assert json.loads(by_address.body)["appliedFacets"] == {"locationCountry": [facet]}


@pytest.mark.parametrize(
    ("kind", "html", "boards"),
    [
        ("successfactors", '<link rel="stylesheet" href="//rmkcdn.successfactors.com/a/b.css"><a href="/search/">Alla jobb</a>', ["https://jobb.acme.se/"]),
        ("successfactors", '<a href="https://career2.successfactors.eu/career?company=acme">Jobb</a>', ["https://career2.successfactors.eu/career?company=acme"]),
        ("successfactors", '<img src="https://rmkcdn.successfactors.com/a/logo.png"><p>Vi byter till successfactors.com</p>', []),
        ("workday", '<a href="https://acme.wd3.myworkdayjobs.com/Jobb">Jobb</a><iframe src="https://acme.wd3.myworkdayjobs.com/Ung"></iframe>', ["https://acme.wd3.myworkdayjobs.com/Ung", "https://acme.wd3.myworkdayjobs.com/Jobb"]),
        ("bamboohr", '<script src="https://acme.bamboohr.com/js/embed.js"></script><div id="BambooHR"><a href="https://acme.bamboohr.com/careers/7">Kock</a></div>', ["https://acme.bamboohr.com/careers"]),
        ("pinpoint", '<a href="https://acme.pinpointhq.com/">x</a> <a href="https://www.pinpointhq.com">Powered by Pinpoint</a>', ["https://acme.pinpointhq.com/"]),
        ("join", '<a href="https://join.com/companies/acme">Jobb</a>', ["https://join.com/companies/acme"]),
        ("oracle-recruiting", '<a href="https://jobb.acme.se/hcmUI/CandidateExperience/sv/sites/CX">Jobb</a>', ["https://jobb.acme.se/hcmUI/CandidateExperience/sv/sites/CX"]),
    ],
)  # fmt: skip
def test_a_page_tells_the_boards_it_leads_to(kind, html, boards):
    found = [board.url for board in kinds()[kind].trace(f"<html><body>{html}</body></html>", "https://jobb.acme.se/x")]
    assert found == boards


def test_a_feed_in_indeeds_form_tells_itself_and_whose_jobs_it_holds():
    job = "<job><title>Kock</title><referencenumber>1</referencenumber><company><![CDATA[{}]]></company></job>"
    trace = kinds()["indeed-xml"].trace
    (several,) = trace(
        f'<?xml version="1.0"?>\n<source>{job.format("A")}{job.format("B")}</source>', "https://a.example/f"
    )
    assert several.url == "https://a.example/f"
    assert "2 employers" in several.evidence
    (one,) = trace(f"<source>{job.format('A')}{job.format('A')}</source>", "https://a.example/f")
    assert "employers" not in one.evidence
    assert list(trace("<video><source src='a.mp4'><job></video> referencenumber", "https://a.example/f")) == []
    assert list(trace("<rss><channel><item><referencenumber/></item></channel></rss>", "https://a.example/f")) == []


@pytest.mark.parametrize(
    ("kind", "url", "asked"),
    [
        ("workday", "https://acme.wd3.myworkdayjobs.com/Jobb", "https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Jobb/job/Falun/Kock_R1"),
        ("bamboohr", "https://acme.bamboohr.com/careers", "https://acme.bamboohr.com/careers/R1/detail"),
        ("oracle-recruiting", "https://x.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1", "https://x.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails?expand=all&onlyData=true&finder=ById;Id=%22R1%22,siteNumber=CX_1"),
        ("pinpoint", "https://acme.pinpointhq.com", "https://acme.wd3.myworkdayjobs.com/Jobb/job/Falun/Kock_R1"),
    ],
)  # fmt: skip
def test_whether_an_ad_stands_is_asked_where_it_is_known(kind, url, asked):
    fetch = kind_of(kind, url).look_at("R1", "https://acme.wd3.myworkdayjobs.com/Jobb/job/Falun/Kock_R1")
    assert (fetch.url, fetch.of, fetch.validate) == (asked, "R1", False)


@given(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "http://[",
                "https://a:b/",
                "//",
                "https://join.com/companies/%00/x",
                "https://x.wd3.myworkdayjobs.com:99999/a",
            ]
        ),
    )
)
def test_whatever_is_said_to_be_an_address_or_a_page_is_borne(text):
    for name in MINE:
        kinds()[name].recognise(text)
        marks = "myworkdayjobs.com successfactors.eu bamboohr.com pinpointhq.com join.com /hcmUI/CandidateExperience"
        list(kinds()[name].trace(f'<a href="{text}">{marks} https://{text}.myworkdayjobs.com/x</a>', text))


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("/job/x_R1")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
FIELDS = {
    "workday": "title externalPath locationsText postedOn bulletFields jobDescription location additionalLocations country "
    "jobRequisitionLocation remoteType timeType startDate endDate jobReqId",
    "bamboohr": "id jobOpeningName location atsLocation locationType employmentStatusLabel datePosted compensation description",
    "pinpoint": "id title url path description benefits workplace_type employment_type compensation deadline_at job location",
    "join": "id idParam title city category employmentType workplaceType createdAt language",
    "oracle-recruiting": "Id Title PostedDate PrimaryLocation secondaryLocations workLocation WorkplaceType requisitionFlexFields "
    "ExternalDescriptionStr JobSchedule",
}


@pytest.mark.parametrize("name", FIELDS)
@given(data=st.data())
def test_any_values_in_an_ad_cost_at_most_that_ad(name, data):
    fields = FIELDS[name].split()
    ad = data.draw(st.dictionaries(st.sampled_from(fields), anything, max_size=6))
    rest = data.draw(anything)
    bodies = {
        "workday": [{"total": rest, "jobPostings": [ad, rest]}, {"jobPostingInfo": ad, "hiringOrganization": rest}],
        "bamboohr": [{"result": [ad, rest], "meta": rest}, {"result": {"jobOpening": ad}}],
        "pinpoint": [{"data": [ad, rest]}],
        "join": [{"items": [ad, rest], "pagination": rest}],
        "oracle-recruiting": [{"items": [{"requisitionList": [ad, rest], "TotalJobsCount": rest}]}, {"items": [ad]}],
    }
    kind = kind_of(name, "https://x.example/hcmUI/CandidateExperience/sv/sites/CX_1/companies/acme")
    for body in bodies[name]:
        for step in ("list", "ad"):
            fetch = Fetch(url="https://x.example/a", step=step)
            for one in reading(kind, body, fetch):
                assert not isinstance(one, JobPosting) or (one.identifier and one.title and one.url)


# --- what is read again ---------------------------------------------------------------------------------------------


def test_an_ad_whose_listing_stays_the_same_is_read_again_once_in_its_days():
    stored = known(state("7"), last_success=NOW - timedelta(days=1))
    days = [NOW + timedelta(days=day) for day in range(RE_READ)]
    same = [is_unchanged(stored, "7", title="Kock", url="https://x.example/7", now=day) for day in days]
    assert same.count(False) == 1
    due = days[same.index(False)]
    later_that_day = known(state("7"), last_success=due)
    assert is_unchanged(later_that_day, "7", title="Kock", url="https://x.example/7", now=due + timedelta(hours=1))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Kallskänka"},
        {"url": "https://x.example/annan"},
        {"open": False},
        {"valid_through": NOW - timedelta(1)},
    ],
    ids=str,
)
def test_an_ad_that_changed_or_was_closed_is_read_again_at_once(change):
    assert is_unchanged(known(state("7")), "7", title="Kock", url="https://x.example/7", now=NOW)
    assert not is_unchanged(known(state("7", **change)), "7", title="Kock", url="https://x.example/7", now=NOW)
    assert not is_unchanged(None, "7", title="Kock", url="https://x.example/7", now=NOW)


def test_a_page_read_with_selectors_is_read_again_when_the_list_shows_another_title():
    options = {"item": "li", "title": "a", "detail": {"description": "p"}}
    stored = known(state("7", url="https://x.example/jobb/7"))
    lists = {title: f"<ul><li><a href='/jobb/7'>{title}</a></li></ul>".encode() for title in ("Kock", "Kallskänka")}
    found = {
        title: reading(kind_of("html", "https://x.example/jobb", stored, **options), lists[title]) for title in lists
    }
    assert found["Kock"] == [Listed(identifier="7")]
    (fetch,) = found["Kallskänka"]
    assert isinstance(fetch, Fetch)
    assert (fetch.url, fetch.of) == ("https://x.example/jobb/7", "7")


@pytest.mark.parametrize(
    ("lastmod", "seen", "read"),
    [("2026-11-20", NOW, False), ("2026-11-21T10:00:00Z", NOW, True), ("", NOW, True), ("nyligen", NOW, True)],
)
def test_a_sitemaps_ad_is_read_again_unless_it_is_older_than_its_last_reading(lastmod, seen, read):
    stored = known(state("7", url="https://x.example/jobb/kock-7", last_seen=seen))
    kind = kind_of("sitemap", "https://x.example/sitemap.xml", stored)
    body = f"<urlset><url><loc>https://x.example/jobb/kock-7</loc><lastmod>{lastmod}</lastmod></url></urlset>"
    (found,) = reading(kind, body.encode())
    assert isinstance(found, Fetch if read else Listed)


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_workday_is_read_to_its_own_bound_which_is_told():
    kind = kind_of("workday", "https://acme.wd3.myworkdayjobs.com/Jobb")
    ads = [{"title": "Kock", "externalPath": f"/job/Mora/Kock_R{n}", "locationsText": "Mora"} for n in range(20)]
    fetch = next(iter(kind.start()))
    bodies: list[int] = []
    while True:
        found = reading(kind, {"total": 2400 if not bodies else 0, "jobPostings": ads}, fetch)
        bodies.append(json.loads(fetch.body)["offset"])
        onward = [one for one in found if isinstance(one, Fetch) and one.step == "list"]
        if not onward:
            break
        (fetch,) = onward
    assert bodies == list(range(0, 2000, 20))
    assert codes(found) == ["too-many-hits"]


def test_a_workday_ad_that_was_taken_down_is_removed():
    kind = kind_of("workday", "https://acme.wd3.myworkdayjobs.com/Jobb")
    fetch = Fetch(url="https://a.example", step="ad", context={"identifier": "R1", "title": "Kock"})
    assert reading(kind, {"jobPostingInfo": {"posted": False}}, fetch) == [Removed(identifier="R1")]


def test_a_feed_of_more_ads_than_are_wanted_says_so():
    job = "<job><title>Kock</title><referencenumber>{0}</referencenumber><url>https://a.example/{0}</url></job>"
    body = f"<source>{''.join(job.format(n) for n in range(5))}</source>".encode()
    found = reading(kind_of("indeed-xml", "https://a.example/f.xml", ads=3), body)
    assert [type(one) for one in found] == [JobPosting, JobPosting, JobPosting, Problem]
    assert codes(found) == ["too-many-ads"]


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({}, "123"),
        ({"employers": ["dala trä"]}, "12"),
        ({"employers": ["Dala Trä Aktiebolag"], "places": ["Mora"]}, "1"),
        ({"places": ["rättvik", "dalarnas län"]}, "23"),
        ({"employers": ["Dala"]}, ""),
        ({"places": ["Mor"]}, ""),
    ],
    ids=str,
)
def test_one_employers_part_of_a_feed(options, taken):
    rows = [
        ("1", "Dala Trä AB", "Mora", ""),
        ("2", "DALA TRÄ", "Rättvik", ""),
        ("3", "Annat", "Leksand", "Dalarnas län"),
    ]
    jobs = "".join(
        f"<job><title>Kock</title><referencenumber>{n}</referencenumber><url>https://a.example/{n}</url>"
        f"<company>{company}</company><city>{city}</city><state>{county}</state></job>"
        for n, company, city, county in rows
    )
    found = reading(kind_of("indeed-xml", "https://a.example/f.xml", **options), f"<source>{jobs}</source>".encode())
    assert "".join(one.identifier for one in found if isinstance(one, JobPosting)) == taken


def test_a_sitemap_that_unpacks_to_more_than_it_may_hold_is_refused():
    bomb = gzip.compress(b"<urlset>" + b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert codes(reading(kind_of("sitemap", "https://a.example/sitemap.xml"), bomb)) == ["broken-feed"]


def test_sitemaps_that_name_each_other_come_to_an_end():
    kind = kind_of("sitemap", "https://a.example/sitemap.xml", pages=3)
    index = "".join(f"<sitemap><loc>https://a.example/{n}.xml</loc></sitemap>" for n in ("sitemap", 1, 1, 2, 3, 4))
    found = reading(kind, f"<sitemapindex>{index}</sitemapindex>".encode())
    assert [one.url for one in found if isinstance(one, Fetch)] == [
        "https://a.example/1.xml",
        "https://a.example/2.xml",
    ]
    assert codes(found) == ["too-many-pages"]


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "location", "kept", "places"),
    [
        ("Kock (Falun, SE, 791 71)", "Falun, SE, 791 71", "Kock", [("Falun", "", "SE", "791 71")]),
        ("Kock (Falun, SE)", "", "Kock", [("Falun", "", "SE", "")]),
        ("Kock (vikariat)", "Falun, SE", "Kock (vikariat)", [("Falun", "", "SE", "")]),
        ("Kock (vikariat)", "", "Kock (vikariat)", []),
        ("Lead (m/f/d) (Göteborg, Västra Götaland, SE)", "Göteborg, Västra Götaland, SE", "Lead (m/f/d)", [("Göteborg", "Västra Götaland", "SE", "")]),
        ("Chef (Umeå, SE; Piteå, SE)", "Umeå, SE; Piteå, SE", "Chef", [("Umeå", "", "SE", ""), ("Piteå", "", "SE", "")]),
        ("Kock", "Sälen", "Kock", [("", "", "", "")]),
    ],
)  # fmt: skip
def test_a_title_without_the_place_that_the_feed_hangs_on_it(title, location, kept, places):
    found, where = _title_and_places(title, location)
    assert found == kept
    assert [(one.locality, one.region, one.country, one.postal_code) for one in where] == places


def test_a_date_that_could_be_either_way_round_is_not_told():
    dates = ["11/02/2026", "13/02/2026", "02/13/2026", "02/02/2026", "2026-02-11"]
    assert [_sure_date(date) for date in dates] == ["", *dates[1:]]


# --- XML as a stream ------------------------------------------------------------------------------------------------


def titles(body: bytes, encoding: str = "") -> list[str]:
    return [element.findtext("title") or "" for element in XmlStream(body, encoding).items("job")]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), max_size=40), st.integers(1, 9))
def test_a_stream_gives_every_item_whole_however_it_falls_into_chunks(words, times):
    from xml.sax.saxutils import escape

    filler = "x" * (CHUNK // 16) * times
    jobs = "".join(f"<job><title>{escape(word)}</title><d>{filler}</d></job>" for word in words)
    found = titles(f"<source>{jobs}</source>".encode())
    assert found == [word.replace("\r\n", "\n").replace("\r", "\n") for word in words]


def test_what_was_read_is_let_go():
    stream = XmlStream(b"<source>" + b"<job><title>Kock</title></job>" * 20_000 + b"</source>")
    most = 0
    for job in stream.items("job"):
        parent = job.getparent()
        most = max(most, len(parent) if parent is not None else 0)
    # The rest of a chunk's items stand behind the one at hand; none of those before it do.
    assert most <= 2 * CHUNK // len("<job><title>Kock</title></job>")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "b">]><source><job/></source>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "b">]><source><job/></source>'.encode("utf-16"),
        b"<source><job><title>Kock</title></job><job>",
        b"<source><job></source>",
        b"",
        b"{}",
    ],
)
def test_what_is_no_whole_document_is_refused(body):
    with pytest.raises(XmlRefusedError):
        titles(body)


def test_ampersands_and_entities_that_xml_does_not_know_are_mended_outside_of_cdata():
    job = "<job><title>{}</title><url>{}</url></job>"
    first, link = job.format("Kock", "https://a.example/1"), "https://a.example/?id=2&lang=sv"
    dirty = first + job.format("S&auml;ljare &amp; lager&nbsp;", link) + job.format(f"<![CDATA[{link}]]>", "&#229;")
    found = [
        (element.findtext("title"), element.findtext("url"))
        for element in XmlStream(f"<source>{dirty}</source>".encode()).items("job")
    ]
    assert found == [("Kock", "https://a.example/1"), ("S&auml;ljare & lager&nbsp;", link), (link, "å")]


def test_letters_are_read_whatever_encoding_is_declared_or_meant():
    text = '<?xml version="1.0" encoding="{}"?><source><job><title>Säljare\x0b – Åre</title></job></source>'
    assert titles(text.replace("\x0b", "").format("utf-16").encode("utf-16")) == ["Säljare – Åre"]
    assert titles(text.format("utf-8").encode("cp1252"), "cp1252") == ["Säljare – Åre"]
    assert titles(text.format("utf-8").encode()) == ["Säljare – Åre"]


# --- on the road ----------------------------------------------------------------------------------------------------


def test_workday_through_a_true_session_asks_as_its_interface_wants_and_reads_only_what_is_new():
    ads = [{"title": "Kock", "externalPath": f"/job/Mora/Kock_R{n}", "locationsText": "Mora, Sweden"} for n in (1, 2)]
    detail = {"jobPostingInfo": {"title": "Kock", "jobDescription": "<p>Du lagar mat.</p>", "location": "Mora, Sweden"}}
    with WebServer() as site:

        def jobs(asked: Asked) -> Reply:
            wrong = asked.method != "POST" or asked.headers.get("content-type") != "application/json"
            offset = -1 if wrong else json.loads(asked.body)["offset"]
            page = {"total": 2, "jobPostings": ads[offset : offset + 1]}
            return Reply(b"", status=400) if wrong else Reply(json.dumps(page).encode(), type="application/json")

        site.on("/wday/cxs/acme/Jobb/jobs", jobs)
        site.on("/wday/cxs/acme/Jobb/job/Mora/Kock_R1", Reply(json.dumps(detail).encode(), type="application/json"))
        source = Source(key="acme/jobb", partner="acme", kind="workday", url=site.url("/acme/Jobb"))
        stored = known(state("R2", url=site.url("/acme/Jobb/job/Mora/Kock_R2")))
        manners = Manners(
            user_agent="Test/1 (+mailto:a@b.example)", allow_private=True, seconds_between_requests=0, retries=0
        )
        (harvest,) = crawl([Job(source=source, known=stored)], manners, timeout=40, now=NOW)
        asked = [one.path for one in site.asked if one.path != "/robots.txt"]
    assert [problem.message for problem in harvest.problems] == []
    assert harvest.complete
    assert [(one.identifier, one.description) for one in harvest.postings] == [("R1", "Du lagar mat.")]
    assert harvest.unchanged == {"R2"}
    interface = "/wday/cxs/acme/Jobb"
    assert sorted(asked) == sorted([f"{interface}/jobs", f"{interface}/jobs", f"{interface}/job/Mora/Kock_R1"])


@pytest.mark.parametrize("kind", ["workday", "bamboohr", "oracle-recruiting"])
def test_a_saved_list_gives_what_it_tells_without_a_further_page(kind):
    bodies = {
        "workday": {"total": 1, "jobPostings": [{"title": "Kock", "externalPath": "/job/Mora/Kock_R1", "locationsText": "Mora"}]},
        "bamboohr": {"result": [{"id": "1", "jobOpeningName": "Kock", "location": {"city": "Mora"}}]},
        "oracle-recruiting": {"items": [{"TotalJobsCount": 1, "requisitionList": [{"Id": "1", "Title": "Kock", "PrimaryLocation": "Mora"}]}]},
    }  # fmt: skip
    body = json.dumps(bodies[kind]).encode()
    url = "https://x.example/hcmUI/CandidateExperience/sv/sites/CX_1"
    posting, told = parse_file(kind, body, url, None, NOW)
    assert isinstance(posting, JobPosting)
    assert (posting.title, [one.name or one.locality for one in posting.job_location]) == ("Kock", ["Mora"])
    assert isinstance(told, Problem)
    assert told.code == "more-pages"
