"""The systems that Nordic employers recruit with: whose board an address or a page tells, what is asked, where it stops."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.errors import UsageError
from aggregator.model import JobPosting, Known, ListingKind, PostingState, Problem, Source, SourceState
from spiders.base import Fetch, Found, Kind, Listed, kinds
from spiders.extract.literal import NoLiteralError, read_literal
from spiders.parse import read_saved

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NORDIC = ("varbi", "reachmee", "jobylon", "visma-recruit", "easycruit", "webcruiter", "hr-manager", "emply")
GROUP = "67794f6d-af82-43a1-b5dc-bb414fd3eab1"
VISMA = f"https://recruit.visma.com/External/Feeds/AssignmentList.ashx?guidGroup={GROUP}"
MAIN = "https://web103.reachmee.com/ext/I017/653/main?site=17&validator=abc123&lang=SE"
EMBED = "https://cdn.jobylon.com/jobs/companies/1955/embed/v2/?page_size=1000"
ALIAS = "https://api.hr-manager.net/jobportal.svc/dalasjo/positionlist/json/"
PORTAL = "https://candidate.webcruiter.com/?companylock=5864"


def kind_of(name: str, url: str, options: dict[str, object] | None = None, known: Known | None = None) -> Kind:
    return kinds()[name](Source(key="a/b", partner="a", kind=name, url=url, options=options or {}), known)


def reading(kind: Kind, body: object, fetch: Fetch) -> list[Found]:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return list(read_saved(kind, data, fetch.url, None, NOW, fetch=fetch))


def problems(found: list[Found]) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize(
    ("address", "kind", "board"),
    [
        ("https://alvdalsberg.varbi.com/", "varbi", "https://alvdalsberg.varbi.com/"),
        ("https://Alvdalsberg.varbi.com/en/what:job/jobID:123/type:job/where:1/apply:1", "varbi", "https://alvdalsberg.varbi.com/"),
        ("https://alvdalsberg.varbi.com/what:rssfeed/", "varbi", "https://alvdalsberg.varbi.com/"),
        ("https://web103.reachmee.com/ext/I017/653/main?site=17&lang=SE&validator=abc123&ref=https%3a%2f%2fx.example&ihelper=x", "reachmee", MAIN),
        ("https://web103.reachmee.com/ext/I017/653/job?site=17&lang=SE&validator=abc123&job_id=25659", "reachmee", MAIN),
        ("https://web103.reachmee.com/ext/I017/653/policy?site=17&lang=SE&validator=abc123", "reachmee", MAIN),
        ("https://web103.reachmee.com/ext/I017/653/main?site=17&validator=abc123&lang=SE&rmpage=job&rmjob=12", "reachmee", MAIN),
        (
            "https://site106.reachmee.com/Public/rssfeed/external.ashx?id=7&InstallationID=I017&CustomerName=acme&lang=SE",
            "reachmee",
            "https://site106.reachmee.com/Public/rssfeed/external.ashx?id=7&InstallationID=I017&CustomerName=acme&lang=SE",
        ),
        (
            "https://site201.reachmee.com/api/public/v1/feed/9?lang=SE&customer=acme&format=json&feed_key=hemlig",
            "reachmee",
            "https://site201.reachmee.com/api/public/v1/feed/9?lang=SE&customer=acme&format=json",
        ),
        ("https://feed.jobylon.com/feeds/7d7e6fd12c614aa5/?format=json", "jobylon", "https://feed.jobylon.com/feeds/7d7e6fd12c614aa5/?format=json"),
        ("https://cdn.jobylon.com/jobs/companies/1955/embed/v1/?target=x&page_size=50", "jobylon", EMBED),
        ("https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/", "jobylon", "https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/?page_size=1000"),
        ("https://emp.jobylon.com/companies/1955-acme/", "jobylon", EMBED),
        (VISMA, "visma-recruit", VISMA),
        (f"https://recruit.visma.com/Public/Apply.aspx?guidAssignment=1&guidgroup={GROUP}", "visma-recruit", VISMA),
        ("https://norrhamn.easycruit.com/vacancy/3628965/66550?iso=se", "easycruit", "https://norrhamn.easycruit.com/"),
        ("https://5864.webcruiter.no/Main/Recruit/Public/4411?language=sv", "webcruiter", PORTAL),
        ("https://candidate.webcruiter.com/sv-se/home/companyadverts?companylock=5864&link_source_id=0#search", "webcruiter", PORTAL),
        ("https://candidate.webcruiter.com/#/home?companyLock=5864", "webcruiter", PORTAL),
        ("https://candidate.webcruiter.com/api/odvert/companysearch/5864?language=sv", "webcruiter", PORTAL),
        ("https://candidate.hr-manager.net/vacancies/list.aspx?customer=Dalasjo&uiculture=sv", "hr-manager", ALIAS),
        ("https://recruiter-api.hr-manager.net/jobportal.svc/dalasjo/positionlist/json/?incads=1", "hr-manager", ALIAS),
        ("https://haveno.career.emply.com/ledige-stillinger", "emply", "https://haveno.career.emply.com/ledige-stillinger"),
        ("https://haveno.career.emply.com/ad/hamnvakt/wt7hyj/sv", "emply", "https://haveno.career.emply.com/"),
        ("https://haveno.career.emply.com/en/vacant-positions", "emply", "https://haveno.career.emply.com/en/vacant-positions"),
    ],
)  # fmt: skip
def test_an_address_tells_whose_board_it_is_and_no_other_kind_takes_it(address, kind, board):
    found = {name: one for name, each in kinds().items() if (one := each.recognise(address)) is not None}
    assert list(found) == [kind]
    assert found[kind].url == board
    assert found[kind].evidence
    again = kinds()[kind].recognise(board)
    assert again is not None
    assert again.url == board
    assert "hemlig" not in f"{found[kind]}"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.varbi.com/", "https://varbi.com/jobb", "https://support.varbi.com/x", "https://a.b.varbi.com/", "https://varbi.com.evil.example/what:rssfeed/",
        "https://www.reachmee.com/kunder", "https://web103.reachmee.com/ext/I017/653/main?site=17", "https://web103.reachmee.com/", "https://site106.reachmee.com/Public/rssfeed/external.ashx",
        "https://evilreachmee.com/ext/I017/653/main?site=17&validator=x", "https://acme.example/jobb?rmpage=job&rmjob=12",
        "https://www.jobylon.com/pricing", "https://emp.jobylon.com/jobs/4069-acme-kock/", "https://cdn.jobylon.com/embedder.js", "https://feed.jobylon.com/",
        "https://recruit.visma.com/spa/sv/public/apply?guidAssignment=1&publishCode=AMS", "https://www.visma.com/?guidGroup=1", "https://recruit.visma.com/External/OJCustomer3/AssignmentList.aspx?guidExtSoftware=1",
        "https://www.easycruit.com/dtd/vacancy-list.xsd", "https://a.b.easycruit.com/", "https://norrhamn.easycruit.com/intranet/open", "https://www.webcruiter.com/", "https://candidate.webcruiter.com/sv-se/home", "https://acme.webcruiter.no/",
        "https://evil.example/?companylock=5864", "https://candidate.hr-manager.net/ApplicationInit.aspx?cid=1209&ProjectId=145645", "https://api.hr-manager.net/", "https://www.hr-manager.net/?customer=acme",
        "https://www.emply.com/", "https://career.emply.com/", "https://haveno.emply.com/", "http://[", "nothing", "",
    ],
)  # fmt: skip
def test_an_address_that_tells_no_board_is_no_kinds(address):
    assert [name for name in NORDIC if kinds()[name].recognise(address)] == []


@pytest.mark.parametrize(
    ("kind", "html", "boards"),
    [
        ("varbi", '<iframe src="https://alvdalsberg.varbi.com/se/"></iframe>', ["https://alvdalsberg.varbi.com/"]),
        ("varbi", '<a href="https://alvdalsberg.varbi.com/what:job/jobID:1/">A</a><a href="https://alvdalsberg.varbi.com/en/what:job/jobID:2/">B</a>', ["https://alvdalsberg.varbi.com/"]),
        ("varbi", '<table><tr><td><a href="/what:job/jobID:7001/">Kock</a></td></tr></table>', ["https://jobb.acme.example/"]),
        ("reachmee", '<iframe src="//web103.reachmee.com/ext/I017/653/main?site=17&amp;validator=abc123&amp;lang=SE"></iframe>', [MAIN]),
        ("reachmee", r'<script>rm.load("https:\/\/web103.reachmee.com\/ext\/I017\/653\/main?site=17&validator=abc123&lang=SE");</script>', [MAIN]),
        ("jobylon", '<div id="jobylon-jobs-widget"></div><script>var jbl_company_id = 1955; var jbl_version = \'v2\';</script><script src="https://cdn.jobylon.com/embedder.js"></script>', [EMBED]),
        ("jobylon", '<script>window.jbl_company_group_id = "241";</script><script src="https://cdn.jobylon.com/embedder.js"></script>', ["https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/?page_size=1000"]),
        ("jobylon", '<iframe src="https://cdn.jobylon.com/jobs/companies/1955/embed/v2/"></iframe><script>var jbl_company_id=1955</script>', [EMBED]),
        ("visma-recruit", f'<a href="https://recruit.visma.com/External/Feeds/AssignmentList.ashx?guidGroup={GROUP}">RSS</a>', [VISMA]),
        ("visma-recruit", rf'<script>var feed = "https:\/\/recruit.visma.com\/External\/Feeds\/AssignmentList.ashx?guidGroup={GROUP}";</script>', [VISMA]),
        ("visma-recruit", '<script>a="https://recruit.visma.com/x?guidGroup=1"; b="https://recruit.visma.com/x?guidGroup=2"</script>', []),
        ("easycruit", '<a href="https://norrhamn.easycruit.com/vacancy/1/2?iso=se">Truckförare</a>', ["https://norrhamn.easycruit.com/"]),
        ("webcruiter", '<iframe data-src="https://candidate.webcruiter.com/sv-se/home/companyadverts?companylock=5864"></iframe>', [PORTAL]),
        ("webcruiter", '<a href="https://5864.webcruiter.no/Main/Recruit/Public/1">x</a>', [PORTAL]),
        ("hr-manager", '<script>$.getJSON("https://recruiter-api.hr-manager.net/jobportal.svc/dalasjo/positionlist/json/?incads=1")</script>', [ALIAS]),
        ("emply", '<a href="https://haveno.career.emply.com/ledige-stillinger">Lediga jobb</a>', ["https://haveno.career.emply.com/ledige-stillinger"]),
    ],
)  # fmt: skip
def test_a_page_tells_the_boards_it_leads_to(kind, html, boards):
    page = f"<html><body>{html}</body></html>"
    found = list(kinds()[kind].trace(page, "https://jobb.acme.example/jobba-hos-oss"))
    assert [one.url for one in found] == boards
    assert all(one.evidence for one in found)
    assert [n for n in NORDIC if n != kind and list(kinds()[n].trace(page, "https://jobb.acme.example/"))] == []


def test_an_ads_page_at_jobylon_tells_whose_board_it_is_of():
    page = '<html><a href="/companies/1815/terms/">Villkor</a><link rel="stylesheet" href="https://cdn.jobylon.com/x.css"></html>'
    (found,) = kinds()["jobylon"].trace(page, "https://emp.jobylon.com/jobs/285413-acme-kock/")
    assert found.url == "https://cdn.jobylon.com/jobs/companies/1815/embed/v2/?page_size=1000"
    assert list(kinds()["jobylon"].trace(page, "https://acme.example/")) == []


def test_a_page_that_merely_names_a_system_leads_to_no_board():
    page = "<p>Vi bytte Varbi (varbi.com) mot reachmee.com, jobylon.com, recruit.visma.com, easycruit.com, webcruiter.no, hr-manager.net, emply.com.</p>"
    assert [name for name in NORDIC if list(kinds()[name].trace(page, "https://acme.example"))] == []


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "url", "asked"),
    [
        ("varbi", "https://alvdalsberg.varbi.com/en/what:job/jobID:1/", ["https://alvdalsberg.varbi.com/en/what:rssfeed/", "https://alvdalsberg.varbi.com/en/"]),
        ("varbi", "http://127.0.0.1:8080", ["http://127.0.0.1:8080/what:rssfeed/", "http://127.0.0.1:8080/"]),
        ("easycruit", "https://norrhamn.easycruit.com/index.html?iso=se", ["https://norrhamn.easycruit.com/export/xml/vacancy/list.xml"]),
        ("easycruit", "https://norrhamn.easycruit.com/export/xml/vacancy/list.xml?channel=2", ["https://norrhamn.easycruit.com/export/xml/vacancy/list.xml?channel=2"]),
        ("hr-manager", "https://candidate.hr-manager.net/vacancies/list.aspx?customer=dalasjo", [f"{ALIAS}?incads=1&take=50&skip=0"]),
        ("webcruiter", "https://5864.webcruiter.no/", ["https://candidate.webcruiter.com/api/odvert/companysearch/5864"]),
    ],
)  # fmt: skip
def test_what_is_asked_of_an_address(kind, url, asked):
    assert [fetch.url for fetch in kind_of(kind, url).start()] == asked


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"{MAIN}&rmpage=job&rmjob=12", "https://web103.reachmee.com/ext/I017/653/job?site=17&validator=abc123&lang=SE&job_id=12"),
        ("https://www.acme.example/jobb?rmpage=job&rmjob=12", "https://www.acme.example/jobb?rmpage=job&rmjob=12"),
    ],
)  # fmt: skip
def test_whether_an_ad_at_reachmee_stands_is_asked_of_its_own_page(url, asked):
    fetch = kind_of("reachmee", MAIN).look_at("12", url)
    assert (fetch.url, fetch.of, fetch.step) == (asked, "12", "ad")


@pytest.mark.parametrize("kind", ["webcruiter", "hr-manager"])
def test_an_address_that_does_not_say_whose_ads_is_refused_with_an_example(kind):
    with pytest.raises(UsageError, match="does not hold") as refused:
        list(kind_of(kind, "https://www.acme.example/jobb").start())
    assert "https://" in str(refused.value.hint)


def test_the_key_of_a_feed_comes_from_the_environment_and_is_told_nowhere(monkeypatch):
    monkeypatch.setenv("ACME_FEED_KEY", "hemlig-nyckel")
    url = "https://site201.reachmee.com/api/public/v1/feed/9?customer=acme&format=json"
    kind = kind_of("reachmee", url, {"feed_key": {"env": "ACME_FEED_KEY"}})
    (fetch,) = kind.start()
    assert fetch.url.endswith("&feed_key=hemlig-nyckel")
    assert not fetch.validate  # the address of a validated page is stored
    ads = [{"ad_id": 1, "title": "Kock", "link": "/jobb?rmjob=1"}, {"title": "Utan nummer"}, 7]
    found = reading(kind, ads, fetch)
    assert [one.identifier for one in found if isinstance(one, JobPosting)] == ["1"]
    assert problems(found) == [("ad-without-identifier", "error")] * 2
    assert problems(reading(kind, "<html>", fetch)) == [("shape-unknown", "error")]
    for one in (*found, *reading(kind, "[", fetch), *reading(kind, {"error": "key"}, fetch)):
        assert "hemlig" not in repr(one)
    monkeypatch.delenv("ACME_FEED_KEY")
    with pytest.raises(Exception, match="ACME_FEED_KEY is not set"):
        list(kind.start())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("webcruiter", {"pages": 0}),
        ("hr-manager", {"departments": "Drift"}),
        ("easycruit", {"language": "svenska"}),
        ("reachmee", {"feed_key": "hemlig"}),
        ("emply", {"pages": 501}),
        ("varbi", {"details": True}),
    ],
)
def test_options_that_cannot_work_are_refused(kind, options):
    with pytest.raises(ValidationError):
        kind_of(kind, "https://acme.example", options)


# --- how far is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "url", "answer"),
    [
        ("webcruiter", PORTAL, lambda n: {"Total": 900, "Data": [{"Id": f"{n}-{i}", "Heading": "Kock", "OpenAdvertUrl": "https://x.example/1"} for i in range(100)]}),
        ("hr-manager", ALIAS, lambda n: {"PositionCountCustomer": 900, "Items": [{"Id": f"{n}-{i}", "Name": "Kock", "AdvertisementUrl": "https://x.example/1"} for i in range(50)]}),
    ],
)  # fmt: skip
def test_a_list_that_goes_on_beyond_the_pages_allowed_says_so(kind, url, answer):
    reader = kind_of(kind, url, {"pages": 2})
    (first,) = reader.start()
    found = reading(reader, answer(1), first)
    (second,) = [one for one in found if isinstance(one, Fetch)]
    assert (second.url, second.body) != (first.url, first.body)
    assert not problems(found)
    last = reading(reader, answer(2), second)
    assert problems(last) == [("too-many-pages", "error")]
    assert not [one for one in last if isinstance(one, Fetch)]


@pytest.mark.parametrize(
    ("kind", "url", "answer"),
    [
        ("webcruiter", PORTAL, {"Total": 5, "Data": [{"Id": 1, "Heading": "Kock", "OpenAdvertUrl": "https://x.example/1"}]}),
        ("hr-manager", ALIAS, {"PositionCountCustomer": 5, "Items": [{"Id": 1, "Name": "Kock", "AdvertisementUrl": "https://x.example/1"}]}),
    ],
)  # fmt: skip
def test_a_list_that_repeats_itself_ends_with_a_problem(kind, url, answer):
    reader = kind_of(kind, url)
    (first,) = reader.start()
    (second,) = [one for one in reading(reader, answer, first) if isinstance(one, Fetch)]
    found = reading(reader, answer, second)
    assert problems(found) == [("list-cut-short", "error")]
    assert not [one for one in found if isinstance(one, Fetch)]


@pytest.mark.parametrize(
    ("kind", "url", "answer"),
    [
        ("webcruiter", PORTAL, {"Total": 1, "Data": None}),
        ("webcruiter", PORTAL, {"Message": "The request is invalid."}),
        ("hr-manager", ALIAS, {"Items": "no", "TransactionStatus": {"StatusCode": 0}}),
        ("hr-manager", ALIAS, []),
        ("jobylon", "https://feed.jobylon.com/feeds/1/", {"detail": "Not found."}),
        ("reachmee", "https://site201.reachmee.com/api/public/v1/feed/9", {"message": "invalid key"}),
    ],
)
def test_an_answer_of_another_shape_is_an_error(kind, url, answer):
    reader = kind_of(kind, url)
    (first,) = reader.start()
    assert problems(reading(reader, answer, first)) == [("shape-unknown", "error")]


def known(**postings: PostingState) -> Known:
    return Known(source=SourceState(key="a/b", baseline=False, last_success=NOW), postings=postings)


STATE = PostingState(
    identifier="5099",
    fingerprint="",
    url="https://web103.reachmee.com/ext/I017/653/job?site=17&validator=abc123&lang=SE&job_id=5099",
    title="Ekonom",
    valid_through=datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC),
    first_seen=NOW,
    last_seen=NOW,
)
ROW = """<table id='jobsTable'><tr><th id='col-1'>Tjänst</th><th id='col-6'>Sök senast</th></tr>
<tr><td><a href='/ext/I017/653/job?site=17&validator=abc123&lang=SE&job_id=5099'>{title}</a></td><td>{end}</td></tr></table>"""


@pytest.mark.parametrize(
    ("state", "title", "end", "skipped"),
    [
        (STATE, "Ekonom", "2026-11-30", True),
        (STATE, "Ekonom", "", True),
        (STATE, "Ekonom", "2026-12-15", False),
        (STATE, "Senior ekonom", "2026-11-30", False),
        (replace(STATE, open=False), "Ekonom", "2026-11-30", False),
        (None, "Ekonom", "2026-11-30", False),
    ],
)
def test_an_ads_own_page_is_read_when_its_listing_is_new_or_says_something_new(state, title, end, skipped):
    reader = kind_of("reachmee", MAIN, known=known(**({"5099": state} if state else {})))
    (first,) = reader.start()
    (found,) = reading(reader, f"<html>{ROW.format(title=title, end=end)}</html>", first)
    assert isinstance(found, Listed) is skipped
    if isinstance(found, Fetch):
        assert (found.step, found.of) == ("ad", "5099" if state else "")


def test_emply_reads_the_whole_list_and_not_the_teaser_and_stops_where_it_is_told():
    def page(rows: list[dict[str, str]], count: int) -> str:
        text = json.dumps(json.dumps(rows))[1:-1].replace("'", "\\'")
        config = "{ count: 2, offset: 0, sectionId: 'b', langCode: languageKey }"
        teaser = "{ count: 1, offset: 0, sectionId: 'a' }"
        return (
            f"<script>var config = {teaser};</script><script>var languageKey = 'sv-SE'; var config = {config};"
            f"x.proceedBatch({{ vacancies : JSON.parse('{text}'), count : {count} }});</script>"
        )

    ads = [{"shortId": f"s{n}", "titleAsUrl": "kock", "title": f"Kock {n}"} for n in range(5)]
    url = "https://haveno.career.emply.com/"
    reader = kind_of("emply", url, {"pages": 2})
    (start,) = reader.start()
    first = reading(reader, page(ads[:2], 5), start)
    (more,) = [one for one in first if isinstance(one, Fetch)]
    assert json.loads(more.body) == {"count": 2, "offset": 2, "sectionId": "b", "langCode": "sv-SE"}
    assert (more.method, more.url) == ("POST", "https://haveno.career.emply.com/api/integration/vacancy/get-page")
    second = reading(reader, {"count": 5, "vacancies": ads[2:4]}, more)
    assert problems(second) == [("too-many-pages", "error")]
    read = [one.identifier for one in (*first, *second) if isinstance(one, JobPosting)]
    assert read == ["s0", "s1", "s2", "s3"]
    without_config = reading(kind_of("emply", url), "x.proceedBatch({vacancies: [], count: 3});", start)
    assert problems(without_config) == [("list-cut-short", "error")]


def test_what_a_system_marks_as_no_vacancy_is_marked_and_a_draft_stays_one():
    items = [{"Id": n, "Name": name, "ProjectType": "OpenApplication", "AdvertisementUrl": "https://x.example/1"} for n, name in enumerate(("Kock", "Kopia av Kock"))]  # fmt: skip
    found = reading(kind_of("hr-manager", ALIAS), {"Items": items}, Fetch(url=ALIAS))
    listings = [one.listing for one in found if isinstance(one, JobPosting)]
    assert ListingKind.VACANCY not in listings
    assert listings[0] is ListingKind.OPEN_APPLICATION


def test_addresses_with_bare_ampersands_do_not_break_a_feed_and_a_cut_still_does():
    body = "<Assignments><Assignment AssignmentId='1'><ReadMoreUrl>https://x.example/?a=1&b=2&amp;c=3</ReadMoreUrl><Localization><AssignmentLoc><AssignmentTitle>Kock &amp; bagare</AssignmentTitle></AssignmentLoc></Localization></Assignment></Assignments>"
    reader = kind_of("visma-recruit", VISMA)
    (first,) = reader.start()
    (posting,) = reading(reader, body, first)
    assert isinstance(posting, JobPosting)
    assert (posting.url, posting.title) == ("https://x.example/?a=1&b=2&c=3", "Kock & bagare")
    assert ("broken-feed", "error") in problems(reading(reader, body[:-20], first))


# --- JavaScript's literals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'Fj\u00e4ll\x41\'s \u{1F332}\n'", "FjällA's 🌲\n"),
        ("{a: 1, 'b-c': [true, null, undefined, ], \"d\": -2.5e1, 7: 0x1f, /* x */ e: later.value, }", {"a": 1, "b-c": [True, None, None], "d": -25.0, "7": 31, "e": None}),
        (r"""{ v : JSON.parse('[{"a":"\\u003cp\\u003e \'x\'"}]') }""", {"v": [{"a": "<p> 'x'"}]}),
        ("[ // a comment ]\n 'a];b' ]; x", ["a];b"]),
        (r'"\ud83c\udf32"', "🌲"),
    ],
)  # fmt: skip
def test_a_literal_is_read_without_being_run(text, value):
    assert read_literal(text)[0] == value


@pytest.mark.parametrize(
    "text", ["", "[", "{a", "{a:}", "[1 2]", "'open", "JSON.parse('[')", "JSON.parse(", "[" * 5000, "{a:" * 5000]
)
def test_what_is_no_literal_is_refused(text):
    with pytest.raises(NoLiteralError):
        read_literal(text)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=20)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
        max_leaves=12,
    ),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_all_json_is_a_literal(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert read_literal(f" {text};") == (value, len(text) + 1)


@given(st.text(alphabet="{}[]'\"\\:,abc1-.u0 /*\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_literal_or_is_refused(text):
    try:
        _, end = read_literal(text)
    except NoLiteralError:
        return
    assert 0 < end <= len(text)
