"""Boards with an interface of their own: which addresses and pages tell them, what is asked of them, what is not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.model import JobPosting, Known, PostingState, Problem, Source, SourceState
from spiders.base import Fetch, Found, Kind, Listed, Removed, kinds
from spiders.extract.places import mode_in_words, places_in_words
from spiders.parse import parse_file, read_saved

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BOARDS = ("ashby", "greenhouse", "lever", "personio", "recruitee", "smartrecruiters", "workable")


def kind_of(name: str, url: str, options: dict[str, object] | None = None, known: Known | None = None) -> Kind:
    return kinds()[name](Source(key="a/b", partner="a", kind=name, url=url, options=options or {}), known)


def reading(kind: Kind, data: object, fetch: Fetch) -> list[Found]:
    return list(read_saved(kind, json.dumps(data).encode(), fetch.url, "application/json", NOW, fetch=fetch))


@pytest.mark.parametrize(
    ("address", "kind", "board", "asked"),
    [
        ("https://job-boards.greenhouse.io/acme", "greenhouse", "https://job-boards.greenhouse.io/acme", "boards-api.greenhouse.io/v1/boards/acme/jobs"),
        ("https://boards.greenhouse.io/acme/jobs/123?gh_src=x", "greenhouse", "https://job-boards.greenhouse.io/acme", "v1/boards/acme/jobs"),
        ("https://boards.eu.greenhouse.io/acme", "greenhouse", "https://job-boards.eu.greenhouse.io/acme", "https://boards-api.greenhouse.io/v1/boards/acme/jobs"),
        ("https://boards.greenhouse.io/embed/job_board/js?for=acme", "greenhouse", "https://job-boards.greenhouse.io/acme", "v1/boards/acme/jobs"),
        ("https://boards.greenhouse.io/embed/job_app?for=acme&token=12", "greenhouse", "https://job-boards.greenhouse.io/acme", "v1/boards/acme/jobs"),
        ("https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true", "greenhouse", "https://job-boards.greenhouse.io/acme", "v1/boards/acme/jobs"),
        ("https://jobs.lever.co/acme", "lever", "https://jobs.lever.co/acme", "https://api.lever.co/v0/postings/acme?mode=json"),
        ("https://jobs.eu.lever.co/acme/5b8f0d3a/apply", "lever", "https://jobs.eu.lever.co/acme", "https://api.eu.lever.co/v0/postings/acme?mode=json"),
        ("https://api.lever.co/v0/postings/acme?mode=json", "lever", "https://jobs.lever.co/acme", "https://api.lever.co/v0/postings/acme?mode=json"),
        ("https://jobs.ashbyhq.com/Acme%20Group/7f1?x=1", "ashby", "https://jobs.ashbyhq.com/Acme%20Group", "job-board/Acme%20Group?includeCompensation=true"),
        ("https://jobs.ashbyhq.com/acme/embed?version=2", "ashby", "https://jobs.ashbyhq.com/acme", "job-board/acme?includeCompensation=true"),
        ("https://api.ashbyhq.com/posting-api/job-board/acme", "ashby", "https://jobs.ashbyhq.com/acme", "job-board/acme?includeCompensation=true"),
        ("https://ACME.recruitee.com/o/kock", "recruitee", "https://acme.recruitee.com", "https://acme.recruitee.com/api/offers/"),
        ("https://apply.workable.com/acme/?lng=en", "workable", "https://apply.workable.com/acme/", "accounts/acme?details=true"),
        ("https://apply.workable.com/acme-2/j/A1B2C3/", "workable", "https://apply.workable.com/acme-2/", "accounts/acme-2?details=true"),
        ("https://acme.workable.com/", "workable", "https://apply.workable.com/acme/", "accounts/acme?details=true"),
        ("https://www.workable.com/api/accounts/acme?details=true", "workable", "https://apply.workable.com/acme/", "accounts/acme?details=true"),
        ("https://apply.workable.com/api/v1/widget/accounts/4711", "workable", "https://apply.workable.com/api/v1/widget/accounts/4711", "accounts/4711?details=true"),
        ("https://acme-ab.jobs.personio.de/job/12?display=en", "personio", "https://acme-ab.jobs.personio.de", "https://acme-ab.jobs.personio.de/xml?language=en"),
        ("https://acme-jobs.personio.de/", "personio", "https://acme.jobs.personio.de", "https://acme.jobs.personio.de/xml?language=en"),
        ("https://careers.smartrecruiters.com/Acme1/sweden", "smartrecruiters", "https://careers.smartrecruiters.com/Acme1", "companies/Acme1/postings?limit=100&offset=0"),
        ("https://jobs.smartrecruiters.com/Acme1/744000101000001-kock", "smartrecruiters", "https://careers.smartrecruiters.com/Acme1", "companies/Acme1/postings?"),
        ("https://jobs.smartrecruiters.com/oneclick-ui/company/Acme1/publication/0761de07", "smartrecruiters", "https://careers.smartrecruiters.com/Acme1", "companies/Acme1/postings?"),
        ("https://www.smartrecruiters.com/Acme1/12308096-kock", "smartrecruiters", "https://careers.smartrecruiters.com/Acme1", "companies/Acme1/postings?"),
        ("https://api.smartrecruiters.com/v1/companies/Acme1/postings", "smartrecruiters", "https://careers.smartrecruiters.com/Acme1", "companies/Acme1/postings?"),
    ],
)  # fmt: skip
def test_an_address_tells_its_board_and_no_other_kind_takes_it(address, kind, board, asked):
    found = {name: one for name, each in kinds().items() if (one := each.recognise(address)) is not None}
    assert list(found) == [kind]
    assert found[kind].url == board
    assert kinds()[kind].recognise(board) is not None
    for url in (address, board):
        (fetch,) = kind_of(kind, url).start()
        assert asked in fetch.url


@pytest.mark.parametrize(
    "address",
    [
        "https://boards.greenhouse.io/", "https://boards.greenhouse.io/embed/job_board", "https://www.greenhouse.io/acme", "https://acme.example/jobb?gh_jid=12",
        "https://jobs.lever.co/", "https://www.lever.co/customers", "https://api.lever.co/v1/opportunities/acme", "https://jobs.ashbyhq.com/",
        "https://jobs.ashbyhq.com/api/non-user-graphql", "https://www.ashbyhq.com/customers", "https://www.recruitee.com/", "https://api.recruitee.com/c/acme", "https://docs.recruitee.com/docs",
        "https://apply.workable.com/j/A1B2C3", "https://jobs.workable.com/company/x", "https://resources.workable.com/x", "https://acme.personio.de/", "https://www.personio.com/jobs",
        "https://www.smartrecruiters.com/resources/blog", "https://jobs.smartrecruiters.com/sr-jobs/search", "https://static.smartrecruiters.com/job-widget/1.6.2/x.js",
        "https://notgreenhouse.io/acme", "https://boards.greenhouse.io.evil.example/acme", "https://acme.example/jobs.lever.co/acme", "http://[", "nothing", "",
    ],
)  # fmt: skip
def test_an_address_that_tells_no_board_is_no_kinds(address):
    assert [name for name in BOARDS if kinds()[name].recognise(address)] == []


@pytest.mark.parametrize(
    ("kind", "html", "boards"),
    [
        ("greenhouse", '<div id="grnhse_app"></div><script src="//boards.greenhouse.io/embed/job_board/js?for=acme"></script>', ["https://job-boards.greenhouse.io/acme"]),
        ("greenhouse", '<a href="https://boards.greenhouse.io/other/jobs/1">x</a><iframe data-src="https://job-boards.eu.greenhouse.io/embed/job_board?for=acme"></iframe>', ["https://job-boards.eu.greenhouse.io/acme", "https://job-boards.greenhouse.io/other"]),
        ("greenhouse", r'<script>fetch("https:\/\/boards-api.greenhouse.io\/v1\/boards\/acme\/jobs?content=true")</script>', ["https://job-boards.greenhouse.io/acme"]),
        ("lever", '<ul><li><a href="https://jobs.lever.co/acme/1">A</a><li><a href="https://jobs.lever.co/acme/2">B</a></ul>', ["https://jobs.lever.co/acme"]),
        ("ashby", '<script src="https://jobs.ashbyhq.com/acme/embed?version=2"></script>', ["https://jobs.ashbyhq.com/acme"]),
        ("workable", '<script src="https://www.workable.com/assets/embed.js"></script><script>whr_embed(407621, {detail: "titles"});</script>', ["https://apply.workable.com/api/v1/widget/accounts/407621"]),
        ("personio", '<a href="https://acme.jobs.personio.de/job/1">A</a> <a href="https://acme.jobs.personio.com/job/2">B</a>', ["https://acme.jobs.personio.de"]),
        ("smartrecruiters", '<script src="https://static.smartrecruiters.com/job-widget/1.6.2/script/smart_widget.js"></script><script>widget({"company_code": "Acme1"}, "x");</script>', ["https://careers.smartrecruiters.com/Acme1"]),
        ("recruitee", '<head><meta property="og:image" content="https://careers.recruiteecdn.com/image/upload/x.png"></head>', ["https://jobb.acme.example"]),
        ("recruitee", '<img src="https://careers.recruiteecdn.com/image/upload/x.png"> <a href="https://acme.recruitee.com/o/kock">Kock</a>', ["https://acme.recruitee.com"]),
        ("recruitee", '<script src="https://jobs-widget.recruiteecdn.com/widget.js"></script><script>new RTWidget({"companies": [4711]})</script>', []),
    ],
)  # fmt: skip
def test_a_page_tells_the_boards_it_leads_to_the_surest_first(kind, html, boards):
    page = f"<html><body>{html}</body></html>"
    found = list(kinds()[kind].trace(page, "https://jobb.acme.example/jobba-hos-oss"))
    assert [one.url for one in found] == boards
    assert all(one.evidence for one in found)
    others = [name for name in BOARDS if name != kind and list(kinds()[name].trace(page, "https://jobb.acme.example/"))]
    assert others == []


@pytest.mark.parametrize(
    ("data", "boards"),
    [
        ('{"api": "https://api.lever.co/v0/postings/acme?mode=json"}', ["https://jobs.lever.co/acme"]),
        ('{"jobs": ["https://jobs.lever.co/acme/1", "https://jobs.lever.co/acme/2", "https://jobs.lever.co/acme/3"]}', ["https://jobs.lever.co/acme"]),
        ('{"customer": "https://jobs.lever.co/someone"}', []),
        ('{"portfolio": ["https://jobs.lever.co/a1", "https://jobs.lever.co/b2", "https://jobs.lever.co/c3"]}', []),
    ],
)  # fmt: skip
def test_a_pages_data_tells_a_board_only_where_it_is_its_own(data, boards):
    page = f'<html><body><script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'
    assert [one.url for one in kinds()["lever"].trace(page, "https://acme.example/")] == boards


def test_a_page_that_merely_names_a_system_leads_to_no_board():
    page = "<p>Vi gick från Lever (lever.co) till greenhouse.io och ashbyhq.com, recruitee.com, workable.com, smartrecruiters.com.</p>"
    assert [name for name in BOARDS if list(kinds()[name].trace(page, "https://acme.example"))] == []


@pytest.mark.parametrize(
    ("kind", "url", "asked"),
    [
        (
            "greenhouse",
            "https://job-boards.greenhouse.io/acme",
            "https://boards-api.greenhouse.io/v1/boards/acme/jobs/12",
        ),
        ("lever", "https://jobs.eu.lever.co/acme", "https://api.eu.lever.co/v0/postings/acme/12?mode=json"),
        (
            "smartrecruiters",
            "https://careers.smartrecruiters.com/Acme1",
            "https://api.smartrecruiters.com/v1/companies/Acme1/postings/12",
        ),
        ("recruitee", "https://acme.recruitee.com", "https://acme.example/12"),
    ],
)
def test_whether_an_ad_stands_is_asked_where_it_is_known(kind, url, asked):
    fetch = kind_of(kind, url).look_at("12", "https://acme.example/12")
    assert (fetch.url, fetch.of, fetch.step) == (asked, "12", "ad")


@pytest.mark.parametrize(
    ("kind", "url", "asked"),
    [
        ("greenhouse", "http://127.0.0.1:8080/v1/boards/acme/jobs", "http://127.0.0.1:8080/v1/boards/acme/jobs?content=true&pay_transparency=true"),
        ("lever", "http://127.0.0.1:8080/v0/postings/acme?mode=json", "http://127.0.0.1:8080/v0/postings/acme?mode=json"),
        ("ashby", "http://127.0.0.1:8080/posting-api/job-board/acme", "http://127.0.0.1:8080/posting-api/job-board/acme?includeCompensation=true"),
        ("workable", "http://127.0.0.1:8080/accounts/acme", "http://127.0.0.1:8080/accounts/acme?details=true"),
        ("recruitee", "http://127.0.0.1:8080/o/kock", "http://127.0.0.1:8080/api/offers/"),
        ("personio", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/xml?language=en"),
        ("smartrecruiters", "http://127.0.0.1:8080/v1/companies/a/postings", "http://127.0.0.1:8080/v1/companies/a/postings?limit=100&offset=0"),
    ],
)  # fmt: skip
def test_another_server_with_the_same_interface_is_asked_as_it_is(kind, url, asked):
    assert [fetch.url for fetch in kind_of(kind, url).start()] == [asked]


# --- SmartRecruiters: pages of a list, and ads read only when they are new or changed -------------------------------

LIST = "https://api.smartrecruiters.com/v1/companies/Acme1/postings"


def posting(number: int, **more: object) -> dict[str, object]:
    return {"id": str(number), "name": f"Kock {number}", "company": {"identifier": "Acme1"}, **more}


def test_a_list_is_read_to_its_end_or_to_the_cap_which_is_told():
    kind = kind_of("smartrecruiters", "https://careers.smartrecruiters.com/Acme1", {"pages": 2, "details": False})
    page = {"totalFound": 1000, "content": [posting(n) for n in range(100)]}
    (first,) = kind.start()
    *ads, second = reading(kind, page, first)
    assert len(ads) == 100
    assert isinstance(second, Fetch)
    assert second.url == f"{LIST}?limit=100&offset=100"
    *_, told = reading(kind, page, second)
    assert isinstance(told, Problem)
    assert (told.code, told.level) == ("too-many-pages", "error")
    assert not any(isinstance(one, Fetch) for one in reading(kind, page, second))


def asked_on(day: datetime, *, title: str = "Kock 7", released: str = "", is_open: bool = True) -> list[Found]:
    seen = NOW - timedelta(days=1)
    state = PostingState(identifier="7", fingerprint="", title="Kock 7", url="https://jobs.smartrecruiters.com/Acme1/7", open=is_open, first_seen=seen, last_seen=seen)  # fmt: skip
    known = Known(source=SourceState(key="a/b", baseline=False, last_success=seen), postings={"7": state})
    kind = kind_of("smartrecruiters", "https://careers.smartrecruiters.com/Acme1", known=known)
    body = json.dumps({"totalFound": 1, "content": [posting(7, name=title, releasedDate=released)]}).encode()
    return list(read_saved(kind, body, LIST, "application/json", day, fetch=Fetch(url=LIST)))


def test_an_ad_whose_listing_stays_the_same_is_read_again_once_a_week():
    week = [asked_on(NOW + timedelta(days=day)) for day in range(7)]
    assert sorted(type(one).__name__ for (one,) in week) == ["Fetch"] + ["Listed"] * 6


@pytest.mark.parametrize(
    "change", [{"title": "Kallskänka"}, {"released": "2026-11-21T06:00:00Z"}, {"is_open": False}], ids=str
)
def test_an_ad_that_changed_or_was_closed_is_read_again_at_once(change):
    quiet = next(day for n in range(7) if isinstance(asked_on(day := NOW + timedelta(days=n))[0], Listed))
    (found,) = asked_on(quiet, **change)
    assert isinstance(found, Fetch)
    assert found.of == "7"


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("smartrecruiters", {"filters": {"municipality": "Falun"}}, "no filter municipality"),
        ("smartrecruiters", {"pages": 0}, "greater"),
        ("personio", {"language": "svenska"}, "match"),
        ("greenhouse", {"board": "acme"}, "[Ee]xtra"),
    ],
)
def test_options_that_cannot_work_are_refused(kind, options, why):
    with pytest.raises(ValidationError, match=why):
        kind_of(kind, "https://acme.example", options)


def test_a_posting_that_is_no_longer_active_is_gone():
    kind = kind_of("smartrecruiters", "https://careers.smartrecruiters.com/Acme1")
    ad = {**posting(7), "jobAd": {"sections": {}}}
    fetch = Fetch(url=f"{LIST}/7", step="ad", of="7")
    assert [type(one) for one in reading(kind, {**ad, "active": True}, fetch)] == [JobPosting]
    assert reading(kind, {**ad, "active": False}, fetch) == [Removed(identifier="7")]


def test_a_saved_list_shows_its_ads_though_their_texts_stand_elsewhere():
    body = json.dumps({"totalFound": 1, "content": [posting(7, location={"city": "Falun", "country": "se"})]}).encode()
    ad, more = parse_file("smartrecruiters", body, LIST, "application/json", NOW)
    assert isinstance(ad, JobPosting)
    assert (ad.identifier, ad.url) == ("7", "https://jobs.smartrecruiters.com/Acme1/7")
    assert [(place.locality, place.country) for place in ad.job_location] == [("Falun", "SE")]
    assert isinstance(more, Problem)
    assert more.code == "more-pages"


def test_greenhouse_tells_when_it_gives_fewer_jobs_than_it_has():
    kind = kind_of("greenhouse", "https://job-boards.greenhouse.io/acme")
    jobs = [{"id": 1, "title": "Kock", "absolute_url": "https://a.example/1"}]
    (fetch,) = kind.start()
    assert [type(one) for one in reading(kind, {"jobs": jobs, "meta": {"total": 1}}, fetch)] == [JobPosting]
    *_, told = reading(kind, {"jobs": jobs, "meta": {"total": 2}}, fetch)
    assert isinstance(told, Problem)
    assert (told.code, told.level) == ("list-cut-short", "error")


@pytest.mark.parametrize(
    ("name", "value", "mode"),
    [("Workplace Type", "Hybrid", "hybrid"), ("Remote", "Yes", "remote"), ("Remote", "Nej", None), ("Remote Work Allowance", "Yes", None), ("Working model", ["On-site"], "on-site")],
)  # fmt: skip
def test_greenhouse_takes_the_remote_mode_from_employers_own_fields(name, value, mode):
    kind = kind_of("greenhouse", "https://job-boards.greenhouse.io/acme")
    job = {
        "id": 1,
        "title": "Kock",
        "absolute_url": "https://a.example/1",
        "metadata": [{"name": name, "value": value}],
    }
    (ad,) = reading(kind, {"jobs": [job]}, Fetch(url="https://a.example"))
    assert isinstance(ad, JobPosting)
    assert ad.job_location_type == mode


# --- places in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("Falun, Sweden", [("Falun, Sweden", "Falun", "SE")]),
        ("Falun; Mora , Sverige", [("Falun", "", ""), ("Mora , Sverige", "Mora", "SE")]),
        ("San Francisco, CA", [("San Francisco, CA", "", "")]),
        ("Atlanta, Georgia", [("Atlanta, Georgia", "", "")]),
        ("London, UK", [("London, UK", "London", "GB")]),
        ("Remote - Sweden", [("Remote - Sweden", "", "SE")]),
        ("Borlänge, Dalarna, Sweden", [("Borlänge, Dalarna, Sweden", "Borlänge", "SE")]),
        (" ; ", []),
    ],
)
def test_places_of_one_line(words, places):
    assert [(one.name, one.locality, one.country) for one in places_in_words(words)] == places


@pytest.mark.parametrize(
    ("words", "mode"),
    [("Remote, Sweden", "remote"), ("Falun (Hybrid)", "hybrid"), ("Stockholm or Remote", None), ("Remotely operated mine, Garpenberg", None), ("", None)],
)  # fmt: skip
def test_the_mode_that_a_place_tells(words, mode):
    assert mode_in_words(words) == mode


# --- whatever comes ---------------------------------------------------------------------------------------------------

anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
NAMES: dict[str, tuple[str, dict[str, object], list[str]]] = {
    "greenhouse": ("jobs", {"id": 1, "title": "Kock", "absolute_url": "https://a.example/1"}, ["location", "metadata", "offices", "departments", "pay_input_ranges", "content", "language", "internal_job_id", "application_deadline", "first_published"]),
    "lever": ("", {"id": 1, "text": "Kock", "hostedUrl": "https://a.example/1"}, ["categories", "country", "lists", "description", "additional", "workplaceType", "createdAt", "salaryRange", "salaryDescription"]),
    "ashby": ("jobs", {"id": 1, "title": "Kock", "jobUrl": "https://a.example/1"}, ["address", "secondaryLocations", "location", "compensation", "workplaceType", "isRemote", "employmentType", "publishedAt", "descriptionHtml"]),
    "recruitee": ("offers", {"id": 1, "title": "Kock", "careers_url": "https://a.example/1"}, ["locations", "city", "location", "salary", "translations", "employment_type_code", "close_at", "remote", "kind", "min_hours", "description"]),
    "workable": ("jobs", {"shortcode": "1", "title": "Kock", "url": "https://a.example/1"}, ["locations", "country", "city", "telecommuting", "employment_type", "published_on", "places", "function", "description"]),
    "smartrecruiters": ("content", {"id": 1, "name": "Kock", "postingUrl": "https://a.example/1"}, ["location", "company", "department", "function", "typeOfEmployment", "language", "jobAd", "compensation", "releasedDate", "refNumber"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_values_in_an_ad_cost_at_most_that_ad(kind, data):
    field, ad, names = NAMES[kind]
    broken = {**ad, **data.draw(st.dictionaries(st.sampled_from(names), anything))}
    other = {name: 2 if value == 1 else "2" if value == "1" else value for name, value in ad.items()}
    answer = {field: [broken, other], "totalFound": 2} if field else [broken, other]
    reader = kind_of(kind, "https://a.example/x", {"details": False} if kind == "smartrecruiters" else {})
    found = reading(reader, answer, Fetch(url="https://a.example/x"))
    assert [one.identifier for one in found if isinstance(one, JobPosting)][-1:] == ["2"]
    if kind == "smartrecruiters":
        reading(reader, broken, Fetch(url="https://a.example/1", step="ad", of="1"))


@given(html=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_page_can_be_traced(html):
    page = f"{html} greenhouse.io lever.co //jobs.ashbyhq.com/{html} recruitee.com workable.com whr_embed({html} smartrecruiters.com jobs.personio.de {html}"
    for name in BOARDS:
        list(kinds()[name].trace(page, "https://a.example/"))
        kinds()[name].recognise(html)
