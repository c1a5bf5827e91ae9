"""The built site: every page valid and whole, every link answered, nothing untrusted let through, swapped in at once."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from lxml import etree, html
from PIL import Image

from aggregator.errors import JobbfyrError
from aggregator.model import ListingKind, Partner, Place
from publishers.cards import Brand, CardFolder
from publishers.site import SiteData, SiteReport, build, feed_of
from publishers.site.page import Page, render
from publishers.site.tree import Tree
from tests.support.sample_region import NOW, partners, site_data, stories, vacancies, vacancy

ADDRESS = "https://jobb.exempel.example"
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} & \u202eå"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The sample region's site with its cards."""
    folder: Path = tmp_path_factory.mktemp("built")
    report = build(site_data(), folder / "site", cards=CardFolder(folder / "cards"), most_new_cards=3)
    assert report.problems == ()
    assert (report.cards_drawn, report.cards_waiting) == (3, 36)
    return folder / "site"


def pages(folder: Path) -> list[str]:
    root = folder.resolve()
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.html"))


def xml(content: bytes | str) -> Any:
    return etree.fromstring(content.encode() if isinstance(content, str) else content)


def read(folder: Path, path: str) -> Any:
    return html.fromstring((folder / path).read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def markup(page: Any) -> list[dict[str, Any]]:
    return [json.loads(script.text) for script in page.iterfind('.//script[@type="application/ld+json"]')]


# --- whole ---------------------------------------------------------------------------------------------------------


def test_every_page_is_valid_html(site):
    found = pages(site)
    assert len(found) > 120
    for path in found:
        parser = html5lib.HTMLParser(strict=True)
        parser.parse((site / path).read_bytes())  # raises ParseError at the first fault


def test_every_internal_link_is_answered(site):
    seen = 0
    for path in pages(site):
        base = f"{ADDRESS}/{path}"
        page = read(site, path)
        for attribute in ("href", "src"):
            for value in page.xpath(f"//@{attribute}"):
                target = urlsplit(urljoin(base, value))
                if target.scheme not in {"http", "https"} or target.netloc != urlsplit(ADDRESS).netloc:
                    continue
                where = site / target.path.lstrip("/")
                assert (where / "index.html" if target.path.endswith("/") else where).is_file(), f"{path}: {value}"
                if target.fragment and target.path == urlsplit(base).path:
                    assert page.xpath(f'//*[@id="{target.fragment}"]'), f"{path}: {value}"
                seen += 1
    assert seen > 2000


def test_nothing_is_loaded_from_anywhere_else(site):
    for path in pages(site):
        page = read(site, path)
        loaded = page.xpath(
            "//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon' or @rel='preload']/@href"
        )
        assert not [address for address in loaded if urlsplit(address).scheme or address.startswith("//")]
        assert not page.xpath(
            "//iframe | //object | //embed | //*[@style] | //style | //script[not(@src) and not(@type)]"
        )
    sheet = next((site / "a").glob("*.css")).read_text("utf-8")
    assert "http" not in re.sub(r'href\^="http"', "", sheet)
    assert next((site / "a").glob("*.js")).stat().st_size < 6000


def test_every_page_has_one_heading_and_its_landmarks(site):
    for path in pages(site):
        page = read(site, path)
        assert len(page.findall(".//h1")) == 1, path
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), path
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        assert page.get("lang") in {"sv", "en"}
        if 'http-equiv="refresh"' not in (site / path).read_text("utf-8"):
            assert page.xpath("//main[@id='main']"), path
            assert page.xpath("//header")[0] is not None
            assert page.xpath("//nav/@aria-label"), path
            assert page.xpath("//footer"), path
            assert page.xpath("//a[@class='skip' and @href='#main']"), path


def test_the_start_page_lists_every_open_vacancy_once(site):
    page = read(site, "index.html")
    listed = page.xpath("//div[@id='jobs']//li/h3/a/@href")
    assert len(listed) == len(set(listed)) == 37
    assert "./jobb/v003k/" not in listed, "closed"
    assert "./jobb/v019k/" not in listed, "past its deadline"
    assert page.xpath("string(//*[@role='status'])") == "37 lediga jobb"
    assert [option.get("value") for option in page.xpath("//select[@id='l']/option")] == ["", "1", "2", "3", "4"]
    assert page.xpath("//select[@id='s']/option/text()") == ["Alla språk", "engelska", "svenska"]
    english = page.xpath("//li[@data-s='en'][1]/h3/@lang")
    assert english[0] == "en"


def test_pinned_and_highlighted_vacancies_come_first(tmp_path):
    made = [*vacancies()[:6], vacancy(8, pinned=True)]
    build(site_data(vacancies=made, highlights=("v004k", "v002k")), tmp_path / "site")
    listed = read(tmp_path / "site", "index.html").xpath("//div[@id='jobs']//li/h3/a/@href")
    assert [path.split("/")[2] for path in listed][:4] == ["v004k", "v002k", "v008k", "v000k"]


def test_every_municipality_has_its_page_with_its_vacancies(site):
    page = read(site, "kommun/alvdalen/index.html")
    assert page.xpath("string(//h1)") == "Lediga jobb i Älvdalen"
    assert len(page.xpath("//ul[@class='jobs']/li")) == 8
    empty = read(site, "en/municipality/leksand/index.html")
    assert "no openings in Leksand" in empty.xpath("string(//p[@class='empty'])")
    assert empty.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_partners_stand_in_the_order_of_their_tiers(site):
    assert [tier.key for tier in site_data().tiers] != ["guld", "silver", "brons"], (
        "the fee decides, not the order given"
    )
    names = read(site, "arbetsgivare/index.html").xpath("//ul[@class='partners']/li/h2/a/text()")
    assert names[:2] == ["Norra Mekaniska AB", "Voltverket Sweden AB"]
    assert names[2:5] == ["Region Exempel", "Skogsbolaget Granen", "Älvdalens exempelkommun"]
    page = read(site, "en/employers/norra/index.html")
    assert "stands in the middle" in page.xpath("string(//div[@class='prose'])")
    assert len(page.xpath("//ul[@class='jobs']/li")) == 4


def test_a_former_partner_has_no_page(tmp_path):
    former = replace(partners()[0], until=(NOW - timedelta(days=2)).date())
    build(site_data(partners=(former, partners()[1])), tmp_path / "site")
    assert not (tmp_path / "site/arbetsgivare/norra").exists()
    assert (tmp_path / "site/jobb/v000k/index.html").is_file()


# --- a vacancy's page ----------------------------------------------------------------------------------------------


def test_a_vacancys_page(site):
    page = read(site, "jobb/v000k/index.html")
    assert page.xpath("string(//h1)") == "Svetsare"
    buttons = page.xpath("//a[@class='apply']")
    assert {button.get("href") for button in buttons} == {"https://jobb.norra.example/sok/1000?lang=sv&x=1"}
    assert all("noopener" in button.get("rel") for button in buttons)
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{ADDRESS}/jobb/v000k/"]
    alternates = dict(zip(page.xpath("//link/@hreflang"), page.xpath("//link[@hreflang]/@href"), strict=True))
    assert alternates == {
        "sv": f"{ADDRESS}/jobb/v000k/",
        "en": f"{ADDRESS}/en/jobs/v000k/",
        "x-default": f"{ADDRESS}/jobb/v000k/",
    }
    assert (
        page.xpath("//section[@class='text']//li/text()")[0]
        == "planera och utföra dagens arbete tillsammans med kollegor"
    )
    assert page.xpath("//section[@class='text']//h3/text()") == ["Dina arbetsuppgifter", "Vi söker dig som"]
    assert len(page.xpath("//section[@aria-labelledby='similar']//li[@data-m]")) == 3
    assert page.xpath("//dd/span[@class='said']/text()") == ["i annonsen står ”ingen utbildning krävs, vi lär upp dig”"]
    [data] = markup(page)
    assert (data["@type"], data["title"], data["url"]) == ("JobPosting", "Svetsare", f"{ADDRESS}/jobb/v000k/")


def test_the_share_picture_is_the_vacancys_card_and_else_the_regions(site):
    page = read(site, "jobb/v000k/index.html")
    [address] = page.xpath("//meta[@property='og:image']/@content")
    with Image.open(site / address.removeprefix(f"{ADDRESS}/")) as picture:
        assert picture.size == (1200, 675)
    assert page.xpath("//meta[@property='og:image:alt']/@content")[0].startswith("Norra Mekaniska AB söker: Svetsare")
    waiting = read(site, "jobb/v020k/index.html").xpath("//meta[@property='og:image']/@content")
    assert waiting == read(site, "index.html").xpath("//meta[@property='og:image']/@content")


def test_only_a_vacancys_page_carries_its_markup(site):
    carrying = {path for path in pages(site) if markup(read(site, path))}
    open_ids = {f"v{number:03d}k" for number in range(40)} - {"v003k", "v014k", "v019k"}
    assert carrying == {f"{root}/{id_}/index.html" for root in ("jobb", "en/jobs") for id_ in open_ids}


@pytest.mark.parametrize("id_", ["v003k", "v014k", "v019k"])
def test_a_closed_vacancy_says_so_and_shows_others(site, id_):
    for path, words in (
        (f"jobb/{id_}/index.html", "går inte längre att söka"),
        (f"en/jobs/{id_}/index.html", "no longer open"),
    ):
        page = read(site, path)
        assert words in page.xpath("string(//p[@class='shut'])")
        assert not markup(page)
        assert not page.xpath("//a[@class='apply']")
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert page.xpath("//section[@aria-labelledby='similar']//li[@data-m]")


def test_merged_ids_lead_to_what_they_became(site):
    for alias in ("old123", "older1"):
        page = read(site, f"jobb/{alias}/index.html")
        assert page.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../../jobb/v000k/"]
        assert page.xpath("//main//a/@href") == ["../../jobb/v000k/"]
    assert not (site / "jobb/lost99").exists()


def test_the_language_of_a_foreign_ad_is_marked(site):
    page = read(site, "jobb/v005k/index.html")
    assert page.get("lang") == "sv"
    assert page.xpath("//h1/@lang") == ["en"]
    assert page.xpath("//section[@class='text']/div/@lang") == ["en"]
    assert not read(site, "en/jobs/v005k/index.html").xpath("//h1/@lang")


# --- for machines --------------------------------------------------------------------------------------------------


def test_the_atom_feed(site):
    feed = xml((site / "feed.atom").read_bytes())
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", space)
    assert len(entries) == 37
    ids = [entry.findtext("a:id", namespaces=space) for entry in entries]
    assert len(set(ids)) == 37
    assert ids[0] == "tag:jobb.exempel.example,2026:vacancy/v000k"
    dates = [entry.findtext("a:updated", namespaces=space) for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert feed.find("a:link[@rel='self']", space).get("href") == f"{ADDRESS}/feed.atom"


def test_the_json_feed(site):
    feed = json.loads((site / "en/feed.json").read_text("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{ADDRESS}/en/feed.json"
    assert len(feed["items"]) == 37
    first = feed["items"][0]
    assert first["url"] == f"{ADDRESS}/en/jobs/v000k/"
    assert first["content_text"]
    assert first["_jobbfyr"]["no_degree_needed"] is True


def test_the_feeds_as_files():
    data = site_data()
    assert len(json.loads(feed_of(data, "json-feed"))["items"]) == 37
    jobs = xml(
        feed_of(site_data(vacancies=[vacancy(0, title="A ]]> B", description="x ]]> y")]), "indeed-xml").encode()
    )
    assert jobs.findtext("job/title") == "A ]]> B"
    assert jobs.findtext("job/referencenumber").startswith("v000k-")
    assert jobs.findtext("job/url") == f"{ADDRESS}/jobb/v000k/"
    assert xml(feed_of(data, "atom")).tag.endswith("feed")
    with pytest.raises(ValueError, match="no feed of the shape"):
        feed_of(data, "csv")


def test_boards_get_a_job_for_each_town_under_a_number_that_a_further_town_does_not_change():
    falun, mora = Place(locality="Falun", postal_code="79171"), Place(locality="Mora")

    def numbers(*places: Place) -> list[tuple[str, ...]]:
        data = site_data(vacancies=[vacancy(0, job_location=places)])
        jobs = xml(feed_of(data, "indeed-xml").encode()).findall("job")
        return [tuple(job.findtext(name) or "" for name in ("referencenumber", "city", "postalcode")) for job in jobs]

    assert numbers(falun) == [("v000k-falun", "Falun", "79171")]
    assert numbers(mora, falun, falun) == [("v000k-mora", "Mora", ""), ("v000k-falun", "Falun", "79171")]
    assert len(numbers()) == 1


def test_the_sitemap_lists_what_may_be_found(site):
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    urls = xml((site / "sitemap.xml").read_bytes()).findall("s:url", space)
    listed = {url.findtext("s:loc", namespaces=space) for url in urls}
    assert len(listed) == len(urls)
    indexed = {
        page.xpath("//link[@rel='canonical']/@href")[0]
        for page in (read(site, path) for path in pages(site))
        if page.xpath("//link[@rel='canonical']") and not page.xpath("//meta[@name='robots']")
    }
    assert listed == indexed
    dated = {url.findtext("s:loc", namespaces=space): url.findtext("s:lastmod", namespaces=space) for url in urls}
    assert dated[f"{ADDRESS}/jobb/v000k/"] == "2026-11-21T06:00:00+00:00"
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (site / "robots.txt").read_text("utf-8")


# --- hostile -------------------------------------------------------------------------------------------------------


def test_untrusted_text_stays_text(tmp_path):
    evil = vacancy(
        0,
        title=EVIL,
        description=f"{EVIL}\n\n- {EVIL}",
        hiring_organization=EVIL,
        url="javascript:alert(1)",
        apply_url="data:text/html,x",
        base_salary=EVIL,
    )
    bad_partner = Partner(key="norra", name=EVIL, tier="guld", website="javascript:alert(1)", presentation={"sv": EVIL})
    bad_story = replace(stories()[0], title={"sv": EVIL}, text={"sv": EVIL}, link="javascript:alert(1)")
    report = build(
        site_data(
            vacancies=[evil], partners=[bad_partner], stories=[bad_story], title={"sv": EVIL}, intro={"sv": EVIL}
        ),
        tmp_path / "site",
    )
    assert [problem.code for problem in report.problems] == ["site-no-link"]
    for path in pages(tmp_path / "site"):
        text = (tmp_path / "site" / path).read_bytes()
        html5lib.HTMLParser(strict=True).parse(text)
        page: Any = html.fromstring(text)
        assert not page.xpath("//img[@onerror] | //*[@onerror]")
        assert not [
            script
            for script in page.iter("script")
            if "alert(1)" in (script.text or "") and script.get("type") != "application/ld+json"
        ]
        assert not [link for link in page.xpath("//@href") if link.lower().startswith(("javascript", "data"))]
        assert b"49" not in re.findall(rb"\{\{ 7\*7 \}\}|49 &amp;", text)
    [data] = markup(html.fromstring((tmp_path / "site/jobb/v000k/index.html").read_bytes()))
    assert data["title"].startswith("</script><script>")
    xml((tmp_path / "site/feed.atom").read_bytes())
    json.loads((tmp_path / "site/feed.json").read_text("utf-8"))


def test_control_characters_and_lone_surrogates_do_not_break_the_feeds(tmp_path):
    build(
        site_data(vacancies=[vacancy(0, title="A\x00\x0bB\ud800C", description="\x1b[31m\udfff\ufffe ok")]),
        tmp_path / "site",
    )
    feed = xml((tmp_path / "site/feed.atom").read_bytes())
    assert "ABC" in "".join(feed.itertext())


@pytest.mark.parametrize("id_", ["../../etc", "a/b", "", ".", "å", "x" * 80, "a b"])
def test_an_id_that_cannot_stand_in_a_path_gets_no_page(tmp_path, id_):
    report = build(site_data(vacancies=[vacancy(0, id=id_), vacancy(1)]), tmp_path / "site")
    assert [problem.code for problem in report.problems] == ["site-bad-id"]
    assert len(list((tmp_path / "site/jobb").iterdir())) == 1


def test_what_is_no_vacancy_is_not_shown(tmp_path):
    build(site_data(vacancies=[vacancy(0, listing=ListingKind.OPEN_APPLICATION), vacancy(1)]), tmp_path / "site")
    assert len(list((tmp_path / "site/jobb").iterdir())) == 1


def test_a_double_id_is_said_and_shown_once(tmp_path):
    report = build(site_data(vacancies=[vacancy(0), vacancy(1, id="v000k")]), tmp_path / "site")
    assert [problem.code for problem in report.problems] == ["site-double-id"]


def test_a_bad_logo_costs_only_itself(tmp_path):
    media = tmp_path / "media"
    media.mkdir()
    Image.new("RGB", (2000, 800), "red").save(media / "good.png")
    (media / "bad.png").write_bytes(b"no picture")
    (tmp_path / "secret.png").write_bytes((media / "good.png").read_bytes())
    logos = ("good.png", "bad.png", "../secret.png", "missing.svg")
    shown = [replace(partner, logo=logo) for partner, logo in zip(partners(), logos, strict=False)]
    report = build(site_data(partners=shown, media=media), tmp_path / "site")
    assert [problem.code for problem in report.problems] == ["site-picture"] * 3
    [source] = read(tmp_path / "site", "arbetsgivare/norra/index.html").xpath("//img[@class='logo']/@src")
    with Image.open(tmp_path / "site/arbetsgivare/norra" / source) as logo:
        assert logo.size[0] <= 440


def test_an_empty_region_is_a_whole_site(tmp_path):
    build(site_data(vacancies=(), partners=(), stories=()), tmp_path / "site")
    page = read(tmp_path / "site", "index.html")
    assert "inga lediga jobb" in page.xpath("string(//p[@class='empty'])")
    assert not page.xpath("//form")
    for path in pages(tmp_path / "site"):
        html5lib.HTMLParser(strict=True).parse((tmp_path / "site" / path).read_bytes())


@pytest.mark.parametrize(
    "address", ["", "jobb.example", "ftp://jobb.example", "https://jobb.example/", "https://x.example?a=1"]
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path, address):
    with pytest.raises(JobbfyrError, match="address"):
        build(site_data(address=address), tmp_path / "site")


def test_a_site_below_a_path_knows_it(tmp_path):
    build(site_data(address="https://region.example/jobb", vacancies=[vacancy(0)]), tmp_path / "site")
    missing = read(tmp_path / "site", "404.html")
    assert all(
        link.startswith(("/jobb/", "#")) for link in missing.xpath("//a/@href | //link[@rel='stylesheet']/@href")
    )
    page = read(tmp_path / "site", "jobb/v000k/index.html")
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://region.example/jobb/jobb/v000k/"]


# --- swapped in ----------------------------------------------------------------------------------------------------


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    root = folder.resolve()
    return {
        path.relative_to(root).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
    }


def test_an_unchanged_build_touches_nothing(tmp_path):
    first = build(site_data(), tmp_path / "site")
    before, target = stamps(tmp_path / "site"), (tmp_path / "site").readlink()
    second = build(site_data(generated_at=NOW + timedelta(minutes=30)), tmp_path / "site")
    assert (second.written, second.removed, second.kept) == (0, 0, first.written)
    assert stamps(tmp_path / "site") == before
    assert (tmp_path / "site").readlink() == target
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["site", target.name, f"{target.name}.json"])


def test_only_changed_pages_are_written(tmp_path):
    build(site_data(partners=()), tmp_path / "site")
    before = stamps(tmp_path / "site")
    made = list(vacancies())
    made[20] = replace(made[20], open=False, closed_at=NOW)
    report = build(site_data(partners=(), vacancies=made), tmp_path / "site")
    after = stamps(tmp_path / "site")
    changed = {path for path in after if after[path] != before.get(path)}
    assert "jobb/v020k/index.html" in changed
    assert "index.html" in changed
    assert "jobb/v000k/index.html" not in changed
    assert report.written == len(changed) < 40
    assert after["jobb/v000k/index.html"] == before["jobb/v000k/index.html"]


def contents(folder: Path) -> dict[str, bytes]:
    root = folder.resolve()
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def worlds() -> Iterator[SiteData]:
    """A site as months go by: what pages say changes in every way that one of them could miss."""
    now = list(vacancies())
    yield site_data()
    now[3] = replace(now[3], lead=replace(now[3].lead, description="Ny text."))
    yield site_data(vacancies=now)
    now[20] = replace(now[20], open=False, closed_at=NOW)
    yield site_data(vacancies=now)
    yield site_data(vacancies=now, generated_at=NOW + timedelta(days=1))
    yield site_data(vacancies=now, generated_at=NOW + timedelta(days=20))  # deadlines pass
    yield site_data(vacancies=now, generated_at=NOW + timedelta(days=60))  # and the year
    yield site_data(vacancies=now[5:], aliases={"v000k": "v007k"})
    yield site_data(vacancies=now[5:], highlights=("v012k", "v030k"))
    yield site_data(vacancies=[replace(one, tags=one.tags[:1]) for one in now])
    yield site_data(vacancies=now, partners=[replace(partners()[0], until=NOW.date()), *partners()[1:]])
    yield site_data(
        vacancies=now,
        partners=[replace(partners()[0], until=NOW.date()), *partners()[1:]],
        generated_at=NOW + timedelta(days=2),
    )
    yield site_data(vacancies=now, stories=stories()[:1], title={"sv": "Nytt namn", "en": "New name"})
    yield site_data(vacancies=now, brand=Brand(primary="#123456"))
    yield site_data(vacancies=now, languages=("en", "sv"))
    yield site_data(vacancies=now, municipalities={"2080": "Falun"})
    yield site_data()


@pytest.mark.parametrize("marked", [False, True])
def test_what_is_kept_is_what_would_be_made(tmp_path, marked):
    """Build after build over the last one gives, byte for byte, what a build from nothing gives."""
    cards = CardFolder(tmp_path / "cards")
    made = kept = 0
    for number, world in enumerate(worlds()):
        said = repr([(one, one.lead.expired(world.generated_at)) for one in world.vacancies])
        data = replace(world, mark=hashlib.sha256(said.encode()).hexdigest() if marked else "")
        report = build(data, tmp_path / "site", cards=cards, most_new_cards=2)
        build(data, tmp_path / f"fresh-{number}", cards=cards, most_new_cards=0)
        assert contents(tmp_path / "site") == contents(tmp_path / f"fresh-{number}"), number
        made += report.written
        kept += report.kept
    assert made
    assert kept > 500


def test_only_what_could_say_something_new_is_made(tmp_path, monkeypatch):
    cards = CardFolder(tmp_path / "cards")
    made: list[str] = []

    def noted(page: Page, *rest: Any) -> bytes:
        made.append(page.path)
        return render(page, *rest)

    monkeypatch.setattr(sys.modules["publishers.site.build"], "render", noted)
    build(site_data(), tmp_path / "site", cards=cards, most_new_cards=4)
    assert len(made) > 100
    made.clear()
    second = build(site_data(), tmp_path / "site", cards=cards, most_new_cards=2)
    assert (second.cards_drawn, second.cards_waiting) == (2, 33)
    assert len(made) == 2 * 2 + 1, "two cards, on a page in each of two languages, and 404"
    made.clear()
    changed = list(vacancies())
    changed[30] = replace(changed[30], lead=replace(changed[30].lead, base_salary="35 000 kr"))
    build(site_data(vacancies=changed), tmp_path / "site", cards=cards, most_new_cards=0)
    assert "jobb/v030k/" in made
    assert len(made) < 40


def test_what_somebody_did_to_the_site_is_mended(tmp_path):
    folder = tmp_path / "site"
    build(site_data(), folder)
    whole = contents(folder)
    (folder / "jobb/v000k/index.html").write_text("I was here")
    (folder / "en/jobs/v001k/index.html").unlink()
    (folder / "sitemap.xml").write_bytes(whole["sitemap.xml"][:-1] + b" ")  # of the same length
    report = build(site_data(), folder)
    assert report.written == 3
    assert contents(folder) == whole
    next(tmp_path.glob(f"{folder.readlink()}.json")).write_text("{broken")
    assert build(site_data(), folder).written == 0, "compared byte by byte"
    assert contents(folder) == whole


def test_a_build_killed_in_the_spare_tree_leaves_the_old_site(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    changed = list(vacancies())
    changed[0] = replace(changed[0], lead=replace(changed[0].lead, description="Ny text."))

    def killed(_: Tree) -> None:
        raise KeyboardInterrupt

    build(site_data(), folder)
    build(site_data(vacancies=changed[1:]), folder)
    before, target = contents(folder), folder.readlink()
    for step in ("_take_over", "_drop"):
        with monkeypatch.context() as patched:
            patched.setattr(Tree, step, killed)
            patched.setattr(Tree, "__exit__", lambda *_: None)  # a killed process tidies nothing
            with pytest.raises(KeyboardInterrupt):
                build(site_data(vacancies=changed), folder)
        assert contents(folder) == before
        assert folder.readlink() == target
    build(site_data(vacancies=changed), folder)
    build(site_data(vacancies=changed), tmp_path / "fresh")
    assert contents(folder) == contents(tmp_path / "fresh")
    assert len([path for path in tmp_path.glob(".site-*") if path.is_dir()]) <= 2


def test_pages_of_forgotten_vacancies_go(tmp_path):
    build(site_data(vacancies=[vacancy(0), vacancy(1)], aliases={}), tmp_path / "site")
    report = build(site_data(vacancies=[vacancy(1)], aliases={}), tmp_path / "site")
    assert report.removed == 2
    assert not (tmp_path / "site/jobb/v000k").exists()


def test_an_interrupted_build_leaves_the_old_site(tmp_path):
    folder = tmp_path / "site"
    build(site_data(), folder)
    before = stamps(folder)

    def interrupted() -> None:
        with Tree(folder) as tree:
            tree.put("index.html", b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stamps(folder) == before
    orphan = tmp_path / ".site-killed"
    orphan.mkdir()
    (orphan / "index.html").write_text("left by a killed build")
    (tmp_path / ".site-killed.link").symlink_to(".site-killed")
    build(site_data(), folder)
    assert stamps(folder) == before
    assert not [path for path in tmp_path.iterdir() if "killed" in path.name]


def test_the_folder_always_holds_a_whole_site(tmp_path):
    """A reader that opens pages while builds go on never meets a missing one."""
    import threading

    folder = tmp_path / "site"
    build(site_data(vacancies=[vacancy(0)]), folder)
    done, missed, looked = threading.Event(), list[OSError](), list[bool]()

    def look() -> None:
        while not done.is_set():
            try:
                text = (folder / "jobb/v000k/index.html").read_text("utf-8")
                looked.append(text.endswith(("</html>", "</html>\n")))
            except OSError as error:
                missed.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(12):
        build(site_data(vacancies=[vacancy(0, base_salary=str(number))]), folder)
    done.set()
    reader.join()
    assert not missed
    assert looked
    assert all(looked)


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path):
    mine = tmp_path / "site"
    mine.mkdir()
    (mine / "diary.txt").write_text("keep")
    with pytest.raises(JobbfyrError, match="was not built here"):
        build(site_data(), mine)
    assert (mine / "diary.txt").read_text() == "keep"
    linked = tmp_path / "linked"
    linked.symlink_to(mine)
    with pytest.raises(JobbfyrError, match="not to a site built here"):
        build(site_data(), linked)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert isinstance(build(site_data(vacancies=[vacancy(0)]), empty), SiteReport)


def test_a_tree_stays_in_its_folder(tmp_path):
    with Tree(tmp_path / "site") as tree:
        for path in ("../out", "/etc/x", "a/../../b", ""):
            with pytest.raises(ValueError, match="leads out"):
                tree.put(path, b"")
        tree.put("a", b"1")
        with pytest.raises(ValueError, match="twice"):
            tree.put("a", b"2")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(JobbfyrError, match="cannot be written"):
        build(site_data(), locked / "site")


def test_a_file_in_the_way_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobbfyrError, match="cannot be written"):
        build(site_data(), tmp_path / "file" / "site")


def test_a_custom_mark_is_the_icon(tmp_path):
    mark = tmp_path / "mark.svg"
    mark.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    build(site_data(brand=Brand(mark=str(mark)), vacancies=[]), tmp_path / "site")
    [icon] = set(read(tmp_path / "site", "index.html").xpath("//link[@rel='icon']/@href"))
    assert (tmp_path / "site" / icon).read_bytes() == mark.read_bytes()
