"""Emply: an employer's career site, whose list is a script's data in the page, and goes on by POST.

Facts: `{tenant}.career.emply.com/…/vacant-positions` (or `/ledige-stillinger`, or the site's root) holds
`proceedBatch({vacancies: JSON.parse('…'), count: n})` and the settings of each section, `var config = {count,
sectionId, offset …}`; the same settings, sent to `/api/integration/vacancy/get-page` with another `offset`, give
`{count, vacancies}`. The list is the section that shows most; others are teasers. Ads are
`/ad/{titleAsUrl}/{shortId}`. A vacancy's labelled facts (`factDatas`) hold contact persons: only those on the
employment are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from aggregator.model import Known, ListingKind, Place, Source
from aggregator.schema_org import country_code, each, text_of
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.listing import mapping, read_object
from spiders.extract.literal import NoLiteralError, read_literal
from spiders.extract.posting import Ad, place, problem
from spiders.extract.words import says_no_vacancies

_BATCH = re.compile(r"proceedBatch\s*\(\s*(?=\{)")
_CONFIG = re.compile(r"\bconfig\s*=\s*(?=\{)")
_LANGUAGE = re.compile(r"\blanguageKey\s*=\s*['\"]([A-Za-z]{2}(?:-[A-Za-z]{2})?)['\"]")
_LOCALE = re.compile(r"^/([a-z]{2}(?:-[a-z]{2})?)(?=/|$)", re.IGNORECASE)
_EMPLOYMENT = re.compile(
    r"(?i)arbejdstid|ansættelse\w*|arbetstid|anställningsform|omfattning|stillingsprocent|working hours"
    r"|(?:type of )?employment(?: type)?"
)
MOST = 40
"""Scripts of one page that are looked at; a page has one or two."""


class Emply(Kind):
    """One employer's career site."""

    name = "emply"
    title = "Emply"

    class Options(KindOptions):
        """How much is read."""

        pages: int = Field(50, ge=1, le=500)
        """Parts of the list that are read at most; more is reported."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.seen: set[str] = set()
        self.parts = 0
        self.locale = _LOCALE.match(urlsplit(source.url).path)

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, path = segments(url)
        tenant = host.removesuffix(".career.emply.com")
        if tenant == host or "." in tenant:
            return None
        is_list = path and not {"ad", "apply", "api"} & set(path[:2])
        return Recognised(
            url=f"https://{host}/{'/'.join(path) if is_list else ''}", evidence=f"{host} is an Emply address"
        )

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="career.emply.com")

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects="html")

    def read(self, page: Page) -> Iterator[Found]:
        self.parts += 1
        if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            yield from self._part(page)
        else:
            yield from self._site(page)

    def _site(self, page: Page) -> Iterator[Found]:
        batches = [mapping(one) for one in _literals(_BATCH, page.text)]
        batch = max(batches, key=lambda one: len(list(each(one.get("vacancies")))), default=None)
        configs = [mapping(one) for one in _literals(_CONFIG, page.text)]
        config = max((one for one in configs if one.get("sectionId")), key=_size, default=None)
        if batch is None and config is None:
            if not says_no_vacancies(page.text):
                told = f"{page.url} has no list of Emply's in it"
                yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        language = _LANGUAGE.search(page.text)
        asking = {**config, "langCode": language[1] if language else None} if config else {}
        if batch is None:
            yield self._ask(page, asking, 0)
        else:
            yield from self._vacancies(batch, asking, 0, page)

    def _part(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="vacancies", of="Emply's list")
        if isinstance(data, Mapping):
            asked = json.loads(page.fetch.body or "{}")
            yield from self._vacancies(data, asked, int(page.fetch.context.get("offset", "0")), page)
        else:
            yield data

    def _vacancies(
        self, data: Mapping[str, Any], asking: Mapping[str, Any], offset: int, page: Page
    ) -> Iterator[Found]:
        vacancies = data.get("vacancies")
        yield from ads_in(vacancies, self.source, page, of="Emply's list", make=lambda one: _ad(one, self._prefix()))
        if not isinstance(vacancies, list):
            return
        new = {text_of(one.get("shortId")) for one in vacancies if isinstance(one, Mapping)} - self.seen
        self.seen |= new
        total, reached = _count(data), offset + len(vacancies)
        if total is None or reached >= total:
            return
        if not new or not asking:
            told = f"{page.url} promised {total} vacancies and gave {len(self.seen)}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif self.parts >= self.options.pages:
            told = f"the list goes on after {reached} vacancies of {total}; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        else:
            yield self._ask(page, asking, reached)

    def _ask(self, page: Page, asking: Mapping[str, Any], offset: int) -> Fetch:
        parts = urlsplit(page.url)
        return Fetch(
            url=f"{parts.scheme}://{parts.netloc}/api/integration/vacancy/get-page",
            step="list",
            method="POST",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps({**asking, "offset": offset}, sort_keys=True),
            expects="json",
            validate=False,
            context={"offset": str(offset)},
        )

    def _prefix(self) -> str:
        return f"/{self.locale[1]}" if self.locale else ""


def _literals(pattern: re.Pattern[str], text: str) -> Iterator[object]:
    for number, match in enumerate(pattern.finditer(text)):
        if number >= MOST:
            return
        try:
            yield read_literal(text, match.end())[0]
        except NoLiteralError:
            continue  # other scripts of the page have a `config`, too; that no list was found is told by the caller


def _count(data: Mapping[str, Any]) -> int | None:
    count = data.get("count")
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _size(config: Mapping[str, Any]) -> int:
    return _count(config) or 0


def _ad(vacancy: Mapping[str, Any], prefix: str) -> Ad:
    translations = [mapping(one) for one in each(vacancy.get("translations"))]
    told = next((one for one in translations if text_of(one.get("content"))), translations[0] if translations else {})
    short, slug = text_of(vacancy.get("shortId")), text_of(vacancy.get("titleAsUrl"))
    own = f"{slug}/{short}" if slug and short else ""
    facts = [mapping(one) for one in each(told.get("factDatas") or vacancy.get("factDatas"))]
    return Ad(
        identifier=short or text_of(vacancy.get("publishingId")) or text_of(vacancy.get("number")),
        title=text_of(told.get("title")) or text_of(vacancy.get("title")),
        url=text_of(vacancy.get("externalCseAdLink")) or (f"{prefix}/ad/{own}" if own else ""),
        apply_url=text_of(vacancy.get("externalCseApplyLink")) or (f"{prefix}/apply/{own}" if own else ""),
        body=text_of(told.get("content")),
        organization=text_of(vacancy.get("companyName")),
        places=tuple(_places(text_of(vacancy.get("location")))),
        employment=tuple(filter(None, map(_employment, facts))),
        published=text_of(vacancy.get("published")) or text_of(vacancy.get("created")) or None,
        deadline=text_of(vacancy.get("deadline")) or None,
        language=text_of(told.get("languageKey")),
        reference=text_of(vacancy.get("number")),
        department=text_of(vacancy.get("department")),
        listing=ListingKind.OPEN_APPLICATION if vacancy.get("talentPool") is True else None,
    )


def _employment(fact: Mapping[str, Any]) -> str:
    """The fact's value when its label is on the employment."""
    label = next((words for name in ("title", "label", "name", "key") if (words := text_of(fact.get(name)))), "")
    value = next((words for name in ("value", "text", "content", "data") if (words := text_of(fact.get(name)))), "")
    return value if _EMPLOYMENT.fullmatch(label.strip(" :")) else ""


def _places(words: str) -> Iterator[Place]:
    """`Kingosvej 1-7, 8230, Åbyhøj, Denmark`: street, postal code, town and country where all stand; else the words."""
    if not words:
        return
    parts = [part.strip() for part in words.split(",") if part.strip()]
    country = country_code(parts[-1]) if len(parts) > 1 else ""
    rest = parts[:-1] if country else parts
    coded = next((at for at, part in enumerate(rest) if re.fullmatch(r"(?:[A-Z]{1,2}-)?\d{3} ?\d{1,2}", part)), None)
    if coded is None or coded + 1 >= len(rest):
        yield place(name=words, city=rest[0] if len(rest) == 1 and country else "", country=country)
        return
    street = ", ".join(rest[:coded])
    yield place(name=words, street=street, postal_code=rest[coded], city=rest[coded + 1], country=country)


KIND = Emply
