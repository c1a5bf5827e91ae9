"""A career page's address and HTML to a source kind and its options. Pure: it asks for pages, others fetch them.

`Inquiry.run` is a generator: it yields an address it wants to see, is sent the `Page` or in words why there is none,
and returns a `Detection`. The order: what the address alone tells → what the page is part of, embeds or links to →
feeds → JobPosting markup on the page → the same on a few pages it links to → the sitemap → an honest unknown. A board
that a page merely links to is only taken when it bears the page's own name: career pages link to customers', owners'
and suppliers' boards, too.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import unquote, urlsplit

from spiders.base import Kind, Page, Recognised
from spiders.base import kinds as walk_kinds
from spiders.boards import Candidate, candidates, choose
from spiders.extract.links import absolute, canonical, same_site
from spiders.extract.outline import Outline, outline
from spiders.extract.words import about_jobs
from spiders.fetching import shown
from spiders.identity import names_of_page, same_name, site_label
from spiders.leads import ad_links, addresses, labels, locations, looks_like_ad, onward

GENERAL = ("indeed-xml", "feed", "jsonld", "sitemap", "html")
"""Kinds that belong to no system, in the order in which they are preferred; all others go before them."""

MAX_LOOKS = 8
"""Pages that are asked for at most, the first included."""

NOT_LOOKED = "it was not looked at"
"""What an edge that fetches nothing answers instead of a page."""

REFUSED: Mapping[str, str] = {
    "linkedin": "LinkedIn's terms forbid collecting from its pages",
    "indeed": "Indeed's terms forbid collecting from its pages",
    "glassdoor": "Glassdoor's terms forbid collecting from its pages",
}
"""Labels of domains, any country's, that are never asked."""

WITHOUT_KIND: Mapping[str, str] = {
    "recman": "Recman",
    "intelliplan": "Intelliplan",
    "icims": "iCIMS",
    "taleo": "Taleo",
    "jobvite": "Jobvite",
}
"""Systems without a documented feed, by the label of their domain: their boards go through the general kinds."""

SINGLE = "this looks like one ad's own page: give the page that lists them, or only this ad will be collected"
INSTEAD = "give the company's own career page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What an address was found to be.

    `kind` is None when that is not known for certain. `source` and `options` are what a source in YAML would have;
    `evidence` says in words what told, or what was looked at in vain; `looked_at` are the addresses seen; `instead`
    is the nearest usable way where there is no kind, or what to know where there is.
    """

    url: str
    kind: str | None = None
    source: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    evidence: str = ""
    looked_at: tuple[str, ...] = ()
    instead: str = ""


Look = Generator[str, Page | str, Detection]


def by_address(url: str) -> Detection:
    """What the address alone tells; `kind` is None when the page would have to be read, or when nothing can help."""
    return Inquiry(url).by_address()


def is_settled(found: Detection) -> bool:
    """Whether an answer by the address alone is final: it is known, or no page could help."""
    return bool(found.kind) or not _is_web(as_address(found.url)) or bool(refusal_of(as_address(found.url)))


def as_address(text: str) -> str:
    """What somebody typed as an address, with https where no scheme was given; "" for what is none."""
    bare = text.strip()
    return absolute(bare if "://" in bare[:12] else f"https://{bare.removeprefix('//')}") if bare else ""


def detect(url: str, pages: Mapping[str, Page | str], company: str = "") -> Detection:
    """Detect from pages that are at hand (address → page, or why there is none) and nothing else."""
    inquiry = Inquiry(url, company=company).run()
    try:
        wanted = next(inquiry)
        while True:
            wanted = inquiry.send(pages.get(wanted, NOT_LOOKED))
    except StopIteration as stop:
        found: Detection = stop.value
        return found


class Inquiry:
    """One address being looked into. `company` is its company's name, where that is known."""

    def __init__(self, url: str, *, company: str = "") -> None:
        self.asked = url
        self.url = as_address(url)
        self._kinds = _kinds()
        self._company = company
        self._names: frozenset[str] = frozenset()
        self._looked: list[str] = []
        self._unseen: list[str] = []
        self._noted: list[str] = []
        self._pages: list[tuple[Page, Outline]] = []
        self._known_addresses: dict[str, list[tuple[str, Recognised]]] = {}
        self._doubts: dict[tuple[str, str, str], Candidate] = {}

    # --- the address alone -----------------------------------------------------------------------------------------

    def by_address(self) -> Detection:
        """See the function of that name."""
        if not _is_web(self.url):
            return self._unknown("it is no web address", "give the career page's address, such as https://acme.se/jobb")
        if why := refusal_of(self.url):
            return self._unknown(why, INSTEAD)
        found = self._recognised(self.url)
        if len(found) == 1:
            return self._known(*found[0])
        if found:
            return self._unknown(f"{' and '.join(name for name, _ in found)} both take it for theirs", INSTEAD)
        system = next((name for label, name in WITHOUT_KIND.items() if label in labels(self.url)), "")
        told = f"{system} has no documented feed" if system else "the address alone does not tell"
        return self._unknown(told, "let the page be read; `jsonld`, `sitemap` or `html` may do")

    def _recognised(self, url: str) -> list[tuple[str, Recognised]]:
        """The kinds that surely know the address: a system's own, else the first general one."""
        if url in self._known_addresses:
            return self._known_addresses[url]
        found: list[tuple[str, Recognised]] = []
        for name, kind in self._kinds.items():
            try:
                board = kind.recognise(url)
            except Exception as error:  # noqa: BLE001 - one kind's fault must not cost the others' answers
                self._note(f"{name} failed on {shown(url)}: {type(error).__name__}")
                continue
            if board is not None:
                found.append((name, board))
        special = [one for one in found if one[0] not in GENERAL]
        self._known_addresses[url] = special or sorted(found, key=lambda one: GENERAL.index(one[0]))[:1]
        return self._known_addresses[url]

    # --- with pages ------------------------------------------------------------------------------------------------

    def run(self) -> Look:
        """Look until it is known or there is nothing more to look at."""
        first = self.by_address()
        if is_settled(first):
            return first
        page = yield from self._see(self.url)
        if page is None:
            return self._give_up(None)
        if moved := self._moved(page):
            return moved
        text = page.text
        parts = outline(text, page.url)
        self._names = names_of_page(page.url, parts, self._company)
        if found := (yield from self._on_page(page, text, parts)):
            return found
        for link in [one for one in onward(page.url, parts) if not self._is_of_everybody(one)][:3]:
            further = yield from self._see(link)
            if further is not None and (found := (yield from self._further(further))):
                return found
        if found := (yield from self._ads()):
            return found
        if found := (yield from self._sitemap(page)):
            return found
        return self._give_up(parts)

    def _is_of_everybody(self, url: str) -> bool:
        """Whether the address is of a system but of no employer's board there, as Platsbanken's searches are."""
        return any(not board.url for _, board in self._recognised(url))

    def _moved(self, page: Page) -> Detection | None:
        """The first page's address redirects to one that tells."""
        if canonical(page.url) == canonical(self.url):
            return None
        if why := refusal_of(page.url):
            return self._unknown(f"it leads to {shown(page.url)}: {why}", INSTEAD)
        found = self._recognised(page.url)
        if len(found) != 1:
            return None
        name, board = found[0]
        return self._known(name, replace(board, evidence=f"it leads to {shown(page.url)}: {board.evidence}"))

    def _on_page(self, page: Page, text: str, parts: Outline) -> Generator[str, Page | str, Detection | None]:
        """Fingerprints, then feeds, then markup."""
        if found := self._board(page, text, parts):
            return found
        for name in ("indeed-xml", "feed"):
            for board in self._traces(name, text, page.url)[:2]:
                itself = canonical(board.url) == canonical(page.url)
                sure = board if itself else (yield from self._confirmed(board))
                if sure is not None:
                    return self._known(name, sure)
        for board in self._traces("jsonld", text, page.url):
            return replace(self._known("jsonld", board), instead=SINGLE if looks_like_ad(page.url) else "")
        self._pages.append((page, parts))
        return None

    def _further(self, page: Page) -> Generator[str, Page | str, Detection | None]:
        """A page that was linked to: its site must be the company's own, or bear its name."""
        text = page.text
        parts = outline(text, page.url)
        known = self._recognised(page.url)
        own = same_site(page.url, self.url) or site_label(page.url) == site_label(self.url)
        if not own and not same_name(self._names, names_of_page(page.url, parts)):
            self._note(f"{shown(page.url)} does not bear the page's name")
            return None
        if len(known) == 1 and not own:
            return self._known(known[0][0], known[0][1])
        return (yield from self._on_page(page, text, parts))

    def _confirmed(self, board: Recognised) -> Generator[str, Page | str, Recognised | None]:
        """A feed that a page names must be there and be one; unseen it is believed only where nothing is fetched."""
        if len(self._looked) >= MAX_LOOKS:
            return None
        self._looked.append(board.url)
        answer = yield board.url
        if isinstance(answer, str):
            if answer == NOT_LOOKED:
                self._looked.remove(board.url)
                return board
            self._note(answer)
            return None
        head = answer.text.lstrip("\ufeff \t\r\n")[:600].lower()
        if answer.media_type == "html" or not any(
            mark in head for mark in ("<rss", "<feed", "<rdf", "jsonfeed", "<source")
        ):
            self._note(f"{shown(board.url)} is no feed")
            return None
        return replace(board, evidence=f"{board.evidence}, which answers")

    # --- boards that a page tells of -------------------------------------------------------------------------------

    def _board(self, page: Page, text: str, parts: Outline) -> Detection | None:
        """The board that is surely the page's; what is merely possible is kept as a doubt."""
        systems = [name for name in self._kinds if name not in GENERAL]
        found = candidates(
            systems,
            page.url,
            text,
            parts,
            recognise=self._of_systems,
            trace=lambda name: self._traces(name, text, page.url),
        )
        career_page = about_jobs(f"{parts.title} {unquote(urlsplit(page.url).path)}")
        chosen, doubts, besides = choose(found, self._names, self._kinds, is_about_jobs=career_page)
        for one in doubts:
            self._doubts.setdefault(one.key, one)
        return replace(self._known(chosen.kind, chosen.told), instead=besides) if chosen else None

    def _of_systems(self, url: str) -> list[tuple[str, Recognised]]:
        return [one for one in self._recognised(url) if one[0] not in GENERAL and one[1].url]

    def _traces(self, name: str, text: str, url: str) -> list[Recognised]:
        kind = self._kinds.get(name)
        try:
            return list(kind.trace(text, url)) if kind else []
        except Exception as error:  # noqa: BLE001 - as in `_recognised`
            self._note(f"{name} failed on {shown(url)}: {type(error).__name__}")
            return []

    # --- ads and sitemap -------------------------------------------------------------------------------------------

    def _ads(self) -> Generator[str, Page | str, Detection | None]:
        """Two of the ads on the page that seems to list the most: whose they are, then whether they carry markup."""
        lists = [(list(ad_links(page.url, parts)), page.url) for page, parts in self._pages]
        ads, url = max(lists, key=lambda one: len(one[0]), default=([], ""))
        for one in ads[:2]:
            ad = yield from self._see(one)
            if ad is None:
                continue
            if found := self._board(ad, ad.text, outline(ad.text, ad.url)):
                return found
            if same_site(ad.url, url) and self._traces("jsonld", ad.text, ad.url):
                evidence = f"the page links to ads with JobPosting markup, such as {shown(ad.url)}"
                return self._known("jsonld", Recognised(url=url, evidence=evidence))
        return None

    def _sitemap(self, page: Page) -> Generator[str, Page | str, Detection | None]:
        """The site's own list of its pages, where one of them that looks like an ad carries markup."""
        if "sitemap" not in self._kinds:
            return None
        parts = urlsplit(page.url)
        address = page.url if locations(page) else f"{parts.scheme}://{parts.netloc}/sitemap.xml"
        seen, pages = (page if locations(page) else None), list[str]()
        for _ in range(2):  # an index, and one of those it lists
            seen = seen or (yield from self._see(address))
            pages = locations(seen) if seen is not None else []
            inner = [url for url in pages if url.endswith((".xml", ".xml.gz"))]
            if not inner or len(inner) < len(pages):
                break
            address, seen = next((url for url in inner if about_jobs(urlsplit(url).path)), inner[0]), None
        ads = [url for url in pages if same_site(url, page.url) and looks_like_ad(url)]
        ad = (yield from self._see(ads[0])) if ads else None
        if ad is None:
            return None
        if found := self._board(ad, ad.text, outline(ad.text, ad.url)):
            return found
        if not self._traces("jsonld", ad.text, ad.url):
            return None
        evidence = f"{address} lists {len(ads)} pages that look like ads; {shown(ad.url)} carries JobPosting markup"
        return self._known("sitemap", Recognised(url=address, evidence=evidence))

    # --- answers ---------------------------------------------------------------------------------------------------

    def _see(self, url: str) -> Generator[str, Page | str, Page | None]:
        if len(self._looked) >= MAX_LOOKS or url in self._looked or refusal_of(url):
            return None
        self._looked.append(url)
        answer = yield url
        if answer == NOT_LOOKED:
            self._looked.remove(url)
            self._unseen += [] if url.endswith("/sitemap.xml") else [url]
            return None
        if isinstance(answer, str):
            self._note(f"{shown(url)}: {answer}" if shown(url) not in answer else answer)
            return None
        return answer

    def _note(self, text: str) -> None:
        if text not in self._noted:
            self._noted.append(text)

    def _known(self, kind: str, board: Recognised) -> Detection:
        return Detection(
            url=self.asked,
            kind=kind,
            source=board.url,
            options=dict(board.options),
            evidence=board.evidence,
            looked_at=tuple(self._looked),
        )

    def _unknown(self, evidence: str, instead: str) -> Detection:
        return Detection(url=self.asked, evidence=evidence, instead=instead, looked_at=tuple(self._looked))

    def _give_up(self, parts: Outline | None) -> Detection:
        """Unknown: what was looked at, and the nearest usable way."""
        if parts is None:
            instead = "see that the address is right and open, or save the page and give it with --page"
            return self._unknown("; ".join(self._noted), instead) if self._noted else self.by_address()
        told = [f"no known system, jobs feed or JobPosting markup on {', '.join(map(shown, self._looked))}"]
        told += self._noted[:4]
        if self._doubts:
            boards = [f"{one.board.url or one.kind} ({one.kind})" for one in list(self._doubts.values())[:4]]
            told.append(f"it tells of {' and '.join(boards)}, which may be somebody else's")
            instead = "if one of these boards is the company's own, give its address"
        elif any(name == "platsbanken" for link in parts.links for name, _ in self._recognised(link.url)):
            told.append("it sends people to Platsbanken")
            instead = "take the company's ads from there: `kind: platsbanken` with its `employer`"
        elif self._unseen:
            instead = f"let it look further: at {', '.join(shown(url) for url in self._unseen[:3])}"
        elif system := next(
            (WITHOUT_KIND[one] for url in addresses(parts) for one in labels(url) if one in WITHOUT_KIND), ""
        ):
            told.append(f"it leads to {system}, which has no documented feed")
            instead = "describe that page with `kind: html`, or take `jsonld` if its ads carry markup"
        elif any(looks_like_ad(link.url) for link in parts.links):
            instead = "describe the list with `kind: html`: docs/kinds.md shows how"
        else:
            instead = "give the page that lists the vacancies, or take the company's ads from `platsbanken`"
        return self._unknown("; ".join(told), instead)


def _is_web(url: str) -> bool:
    return bool(url) and "." in (urlsplit(url).hostname or "")


def refusal_of(url: str) -> str:
    """Why this address is never asked, in words; "" when it may be."""
    return REFUSED.get(site_label(url), "")


@cache
def _kinds() -> Mapping[str, type[Kind]]:
    return walk_kinds()
