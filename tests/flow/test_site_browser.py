"""The site in a real browser: filters, keyboard, no script, no strangers, nothing for axe to find."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from publishers.cards import CardFolder
from publishers.site import build
from tests.support.browser import Browser, browser, missing
from tests.support.loopback import or_skip, serving
from tests.support.sample_region import site_data

pytestmark = pytest.mark.server("browser")

PAGES = [
    "",
    "en/",
    "jobb/v000k/",
    "jobb/v003k/",
    "en/jobs/v005k/",
    "kommun/alvdalen/",
    "kommun/leksand/",
    "arbetsgivare/",
    "arbetsgivare/norra/",
    "livet-har/",
    "en/life-here/trygghet/",
    "404.html",
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 - the standard library's name
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("site")
    build(site_data(), made / "site", cards=CardFolder(made / "cards"), most_new_cards=2)
    return made / "site"


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    with serving(partial(Quiet, directory=str(folder))) as there:  # type: ignore[arg-type] # a partial makes handlers too
        yield f"{there}/"


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[Browser]:
    if reason := missing():
        or_skip(reason)
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def choose(tab: Browser, name: str, value: str | bool) -> None:
    """Set a filter as a person does: the field changes and says so; then wait for the page to follow."""
    tab.ask(
        "const f = document.forms[0].elements[arguments[0]];"
        "if (f.type === 'checkbox') f.checked = arguments[1]; else f.value = arguments[1];"
        "f.dispatchEvent(new Event('input', {bubbles: true}))",
        name,
        value,
    )
    settle(tab)


def settle(tab: Browser) -> None:
    tab.driver.execute_async_script("setTimeout(arguments[0], 260)")


def listed(tab: Browser) -> int:
    return len(tab.shown("#jobs .job"))


def status(tab: Browser) -> str:
    return tab.shown("[role=status]")[0]


@pytest.mark.parametrize("width", [390, 1280])
def test_filters_narrow_the_list_and_say_so(tab, address, width):
    tab.go(address, width=width)
    settle(tab)
    assert (listed(tab), status(tab)) == (37, "37 lediga jobb")
    choose(tab, "m", "2039")
    assert (listed(tab), status(tab)) == (8, "Visar 8 av 37 jobb")
    choose(tab, "d", True)
    few = listed(tab)
    assert 0 < few < 8
    assert all(
        "Älvdalen" in text and ("Ingen examen" in text or "Gymnasium" in text) for text in tab.shown("#jobs .job")
    )
    assert tab.driver.current_url.endswith("#m=2039&d=1")
    tab.driver.refresh()
    settle(tab)
    assert (listed(tab), status(tab)) == (few, f"Visar {few} av 37 jobb")
    choose(tab, "q", "ingenting heter så")
    assert listed(tab) == 0
    assert "Inga jobb passar" in tab.shown(".empty")[0]
    tab.ask("document.querySelector('.empty button').click()")
    settle(tab)
    assert (listed(tab), status(tab)) == (37, "37 lediga jobb")
    assert "=" not in tab.driver.current_url
    assert not tab.shown(".empty")


@pytest.mark.parametrize(
    ("words", "expected"),
    [("svets", 1), ("ALVDALEN", 9), ("norra ludvika", 3), ("lokförare <tåg", 1), ("c++ (", 0)],
)
def test_free_text_finds_words_in_any_order_case_and_accent(tab, address, words, expected):
    tab.go(address)
    choose(tab, "q", words)
    assert listed(tab) == expected


def test_language_level_and_remote_filters(tab, address):
    tab.go(f"{address}en/#s=en", width=1280)
    settle(tab)
    assert status(tab) == f"Showing {listed(tab)} of 37 jobs"
    assert all("Ad in" not in text for text in tab.shown("#jobs .job"))
    choose(tab, "l", "4")
    four = listed(tab)
    choose(tab, "r", True)
    assert 0 < listed(tab) < four
    assert all("emote" in text for text in tab.shown("#jobs .job"))
    tab.faults()
    tab.go(f"{address}#m=nonsense&l=9&x=1&q=%E0%A4%A")
    settle(tab)
    assert not tab.faults()


def test_a_telephone_sees_jobs_before_drop_downs(tab, address):
    tab.go(address)
    settle(tab)
    assert not tab.shown("#m")
    assert tab.ask("return document.querySelector('#jobs .job').getBoundingClientRect().top") < 844
    tab.go(f"{address}#m=2039")
    settle(tab)
    assert tab.shown("#m"), "an active filter is not hidden"
    tab.go(address, width=1280)
    settle(tab)
    assert tab.shown("#m")


def test_without_scripts_everything_is_there(tab, address):
    tab.go(address, script=False)
    tree = tab.command("DOM.getDocument", {"depth": 0})["root"]["nodeId"]

    def boxes(selector: str) -> list[int]:
        nodes = tab.command("DOM.querySelectorAll", {"nodeId": tree, "selector": selector})["nodeIds"]
        return [node for node in nodes if node]

    assert len(boxes("#jobs .job:not([hidden])")) == 37
    form = boxes(".filters")[0]
    tab.command("DOM.enable", {})
    tab.command("CSS.enable", {})
    style = tab.command("CSS.getComputedStyleForNode", {"nodeId": form})["computedStyle"]
    assert {"name": "display", "value": "none"} in style
    assert len(boxes(".chips a")) == 7
    tab.command("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False), (1280, True)])
@pytest.mark.parametrize("page", ["", "jobb/v000k/"])
def test_axe_finds_nothing_on_the_main_pages(tab, address, page, width, dark):
    tab.go(address + page, width=width, dark=dark)
    assert tab.violations() == []


@pytest.mark.parametrize("page", ["#q=finnsinte", *(page for page in PAGES if page not in {"", "jobb/v000k/"})])
def test_axe_finds_nothing_on_the_other_pages(tab, address, page):
    tab.go(address + page, dark=page == "#q=finnsinte")
    assert tab.violations() == []


def test_no_page_complains_or_asks_a_stranger(tab, address):
    tab.faults(), tab.strangers()
    for page in PAGES:
        tab.go(address + page, width=1280)
    settle(tab)
    assert tab.faults() == []
    assert tab.strangers() == []
    assert tab.ask("return document.cookie + localStorage.length + sessionStorage.length") == "00"


def test_nothing_has_to_be_scrolled_sideways(tab, address):
    for page in PAGES:
        tab.go(address + page)
        for width in (320, 390, 768, 1280):
            tab.widen(width)
            assert tab.ask("return document.documentElement.scrollWidth") <= width, (page, width)


def test_the_keyboard_reaches_the_content_first(tab, address):
    from selenium.webdriver import ActionChains, Keys

    tab.go(f"{address}jobb/v000k/", width=1280)
    ActionChains(tab.driver).send_keys(Keys.TAB).perform()
    settle(tab)
    assert tab.ask("return document.activeElement.className") == "skip"
    assert tab.ask("return document.activeElement.getBoundingClientRect().top") >= 0
    ActionChains(tab.driver).send_keys(Keys.ENTER).perform()
    assert tab.ask("return document.activeElement.id") == "main"
    ActionChains(tab.driver).send_keys(Keys.TAB).perform()
    outline = tab.ask(
        "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]"
    )
    assert outline[0] == "solid"
    assert outline[1] >= 2


def test_sharing_needs_nobody_until_a_link_is_followed(tab, address):
    tab.go(f"{address}jobb/v000k/", width=1280)
    links = tab.ask("return [...document.querySelectorAll('.share a')].map(a => a.href)")
    assert len(links) == 4
    assert all("jobb.exempel.example%2Fjobb%2Fv000k%2F" in link for link in links)
    tab.command("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    tab.ask("document.querySelector('.copy').click()")
    settle(tab)
    assert tab.shown(".told") == ["Länken är kopierad"]
    assert tab.ask("return navigator.clipboard.readText()") == "https://jobb.exempel.example/jobb/v000k/"


def test_a_merged_id_leads_on(tab, address):
    tab.faults()
    tab.go(f"{address}jobb/old123/")
    settle(tab)
    assert tab.faults() == []
    assert tab.driver.current_url == f"{address}jobb/v000k/"


def test_the_site_opens_from_a_disk(tab, folder):
    tab.go(f"file://{folder.resolve()}/index.html", width=1280)
    settle(tab)
    assert tab.ask("return getComputedStyle(document.body).backgroundColor") == "rgb(247, 246, 242)"
    choose(tab, "q", "svets")
    assert listed(tab) == 1
    tab.ask("document.querySelector('#jobs .job:not([hidden]) a').click()")
    settle(tab)
    assert tab.shown("h1") == ["Svetsare"]
    tab.ask("document.querySelector('.home').click()")
    settle(tab)
    assert listed(tab) == 37
