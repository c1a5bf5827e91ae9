"""Any other page: the operator says in YAML, with CSS selectors, where a list's ads and their parts stand.

A selector is `css`, `css@attribute` or `@attribute` (of the ad's own element); `{select: css, pattern: regex}` keeps
what the expression's first group matches. With `detail` each ad's page is read too, and what it tells goes before the
list's.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, model_validator
from pydantic import Tag as Form

from aggregator.model import Known, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page
from spiders.extract.links import canonical, clean_url
from spiders.extract.listing import as_listed, is_unchanged
from spiders.extract.posting import Ad, place, postings_of, problem, too_big
from spiders.extract.selectors import Selector, parse_selector, select_all, value_of
from spiders.extract.words import remote_mode, says_no_vacancies

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag


class Rule(BaseModel):
    """A selector with an expression that cuts the wanted part out of its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    select: str
    pattern: str = ""

    @model_validator(mode="after")
    def _valid(self) -> Rule:
        parse_selector(self.select, self.pattern)
        return self


def _check(rule: str) -> str:
    parse_selector(rule)
    return rule


Where = Annotated[
    Annotated[str, AfterValidator(_check), Form("selector")] | Annotated[Rule, Form("rule")],
    Discriminator(lambda where: "selector" if isinstance(where, str) else "rule"),
]
"""A selector alone, or one with a pattern; told apart by form, so that a fault is told of the form that was meant."""


class Fields(BaseModel):
    """Where an ad's parts stand. What is not told stays empty."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    title: Where | None = None
    identifier: Where | None = None
    place: Where | None = None
    company: Where | None = None
    department: Where | None = None
    employment: Where | None = None
    remote: Where | None = None
    published: Where | None = None
    deadline: Where | None = None
    reference: Where | None = None
    salary: Where | None = None
    description: Where | None = None
    apply: Where | None = None

    def selectors(self) -> dict[str, Selector]:
        """The parts that are told, by name."""
        told = {name: getattr(self, name) for name in Fields.model_fields}
        return {name: selector_of(where) for name, where in told.items() if where is not None}


def selector_of(where: str | Rule) -> Selector:
    """A rule of the configuration as a selector."""
    return parse_selector(where) if isinstance(where, str) else parse_selector(where.select, where.pattern)


class Html(Kind):
    """A page described by selectors."""

    name = "html"
    title = "Page read with CSS selectors"

    class Options(KindOptions, Fields):
        """The selectors; those of `Fields` at the top are looked for inside each item."""

        item: Annotated[str, AfterValidator(_check)] = Field(min_length=1)
        """CSS of one ad in the list."""
        title: Where
        link: Where = "a@href"
        """The ad's own page."""
        next: Where | None = None
        """The link to the list's next page, such as `a.next@href`."""
        empty: str = ""
        """Words on the page that say that nothing is open, beside those that are known (`inga lediga tjänster`)."""
        detail: Fields | None = None
        """Where the parts stand on the ad's own page; without it that page is not fetched."""
        pages: int = Field(20, ge=1, le=500)
        """List pages that are read at most; more is reported."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        postings = known.postings if known else {}
        self.identifiers = {canonical(state.url): identifier for identifier, state in postings.items() if state.url}
        self.read_lists: set[str] = set()
        self.missed: set[str] = set()

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects="html")

    def read(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        soup = _soup(page)
        if page.fetch.step == "ad":
            yield from self._detail(soup, page)
        else:
            yield from self._list(soup, page)

    def _list(self, soup: BeautifulSoup, page: Page) -> Iterator[Found]:
        self.read_lists.add(canonical(page.url))
        items = _innermost(select_all(soup, parse_selector(self.options.item)))
        selectors = {**self.options.selectors(), "link": selector_of(self.options.link)}
        if not items and page.fetch.step == "start" and not self._says_empty(soup):
            yield self._nothing("item", self.options.item, page)
        missing: Counter[str] = Counter()
        for item in items:
            told = _values(item, selectors)
            missing.update(name for name, value in told.items() if not value)
            yield from self._item(told, page)
        for name, count in missing.items():
            if count == len(items) and name not in ("title", "link"):
                yield self._nothing(name, selectors[name].css, page, level="warning")
        yield from self._next(soup, page)

    def _item(self, told: Mapping[str, str], page: Page) -> Iterator[Found]:
        url = clean_url(told["link"], page.url)
        identifier = told.get("identifier") or canonical(url)
        told = {**told, "link": url, "identifier": identifier}
        for name in ("title", "link"):
            if not told[name]:
                yield self._nothing(name, f"item: {self.options.item}", page)
                return
        known = self.identifiers.get(canonical(url), "")
        if self.options.detail is None:
            yield from postings_of(_ad(told), self.source, page)
        elif known and is_unchanged(self.known, known, title=told["title"], url=url, now=page.retrieved_at):
            yield Listed(identifier=known)
        else:
            listed = as_listed(_ad(told), self.source, page)
            yield Fetch(url=url, step="ad", expects="html", of=known, context=told, listed=listed)

    def _detail(self, soup: BeautifulSoup, page: Page) -> Iterator[Found]:
        selectors = (self.options.detail or Fields()).selectors()
        told = _values(soup, selectors)
        for name in [name for name, value in told.items() if not value and name not in self.missed]:
            self.missed.add(name)  # once a harvest: many ads simply have no salary
            level = "info" if page.fetch.context.get(name) or name not in ("title", "description") else "warning"
            yield self._nothing(f"detail.{name}", selectors[name].css, page, level=level)
        listed = {name: value for name, value in page.fetch.context.items() if value}
        yield from postings_of(
            _ad({"link": page.url, **listed, **{name: v for name, v in told.items() if v}}), self.source, page
        )

    def _next(self, soup: BeautifulSoup, page: Page) -> Iterator[Found]:
        href = value_of(soup, selector_of(self.options.next)) if self.options.next else ""
        url = clean_url(href, page.url) if href else ""
        if not url or canonical(url) in self.read_lists:
            return
        if len(self.read_lists) >= self.options.pages:
            told = f"the list goes on after {self.options.pages} pages; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
            return
        yield Fetch(url=url, step="list", expects="html")

    def _says_empty(self, soup: BeautifulSoup) -> bool:
        text = " ".join(soup.get_text(" ").split())
        return says_no_vacancies(text) or bool(self.options.empty and self.options.empty.lower() in text.lower())

    def _nothing(self, option: str, selector: str, page: Page, level: str = "error") -> Found:
        told = f"the selector `{option}` ({selector or 'the element itself'}) finds nothing on {page.url}"
        return problem(
            self.source, "selector-found-nothing", told, level=level, url=page.url, option=option, selector=selector
        )


def _innermost(items: list[Tag]) -> list[Tag]:
    """The items that hold no other item: what holds several ads is a list of them and no ad itself."""
    chosen = {id(item) for item in items}
    holders = {id(above) for item in items for above in islice(item.parents, 40) if id(above) in chosen}
    return [item for item in items if id(item) not in holders]


def _values(root: Tag, selectors: Mapping[str, Selector]) -> dict[str, str]:
    return {name: value_of(root, selector, markup=name == "description") for name, selector in selectors.items()}


def _ad(told: Mapping[str, str]) -> Ad:
    where, remote = told.get("place", ""), told.get("remote", "")
    return Ad(
        identifier=told.get("identifier") or canonical(told["link"]),
        title=told.get("title", ""),
        url=told["link"],
        apply_url=told.get("apply", ""),
        body=told.get("description", ""),
        organization=told.get("company", ""),
        places=(place(name=where),) if where else (),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=(told["employment"],) if told.get("employment") else (),
        published=told.get("published") or None,
        deadline=told.get("deadline") or None,
        salary=told.get("salary", ""),
        reference=told.get("reference", ""),
        department=told.get("department", ""),
    )


def _soup(page: Page) -> BeautifulSoup:
    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning

    with warnings.catch_warnings():  # that an answer is no HTML is told by the selectors, which find nothing
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(page.text.replace("\x00", ""), "lxml")


KIND = Html
