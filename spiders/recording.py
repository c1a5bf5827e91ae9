"""A source's answers saved as a case for the tests, without the people in them. Pure; `spiders.crawl` fetches.

A case is what `tests/kinds/` replays: `case.json` (frozen time, address, options, pages), the pages, and what the kind
made of them. Contact persons are replaced by an invented one of the same shape, so that the case still shows whether a
kind leaves them out.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from html.entities import html5
from typing import Any

from aggregator.model import JobPosting, Problem, Source
from aggregator.settings.secrets import secrets_of
from spiders.base import Cursor, Fetch, Found, Kind, Listed, Page, Removed

INVENTED: Mapping[str, str] = {
    "name": "Anna Exempel",
    "email": "anna.exempel@example.com",
    "phone": "070-174 06 05",
    "identity": "19000101-0000",
    "profile": "linkedin.com/in/anna-exempel",
}
"""Who stands in for contact persons. The number is one of those that PTS keeps for fiction (070-1740605 to -699)."""

SUFFIX: Mapping[str, str] = {"html": "html", "json": "json", "xml": "xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The pages a kind asked for, in order; `failure` says in words why they are not all."""

    pages: tuple[Page, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as files, and what a person must look at: `replaced` details, and those that are `left`."""

    files: Mapping[str, bytes]
    replaced: int
    left: tuple[str, ...]
    postings: int
    problems: tuple[str, ...]


Walk = Generator[Fetch, Page | str, Recorded]


def walk(kind: type[Kind], source: Source, most: int) -> Walk:
    """Everything a kind asks for, at most so many pages: yields each request, is sent its page or why there is none."""
    reader = kind(source)
    pending = deque(reader.start())
    asked, pages = set[str](), list[Page]()
    while pending:
        fetch = pending.popleft()
        if asked_as(fetch) in asked:
            continue
        if len(pages) >= most:
            return Recorded(pages=tuple(pages), failure=f"it takes more than {most} pages")
        asked.add(asked_as(fetch))
        answer = yield fetch
        if isinstance(answer, str):
            return Recorded(pages=tuple(pages), failure=answer)
        pages.append(answer)
        pending.extend(found for found in reader.read(answer) if isinstance(found, Fetch))
    return Recorded(pages=tuple(pages))


def asked_as(fetch: Fetch) -> str:
    """A request's name among a case's pages."""
    return fetch.url if fetch.method == "GET" else f"{fetch.url} {fetch.body}"


def make_case(kind: type[Kind], source: Source, pages: Sequence[Page], now: datetime) -> Case:
    """The case of these pages. Raises `ValueError` when the pages read differently without the contact persons, or when
    the case would hold a secret that the source's options name.
    """
    clean, replaced = list[Page](), 0
    for page in pages:
        text, number = without_people(page)
        clean.append(replace(page, body=text.encode(page.encoding, "xmlcharrefreplace"), retrieved_at=now))
        replaced += number
    before, after = _read(kind, source, pages), _read(kind, source, clean)
    if (was := list(map(_shape, before))) != (now_is := list(map(_shape, after))):
        odd = next((pair for pair in zip(was, now_is, strict=False) if pair[0] != pair[1]), ("", ""))
        raise ValueError(f"without the contact persons its pages read differently: {odd[0]} became {odd[1]}")
    names = [f"page-{number}.{SUFFIX.get(page.media_type, 'txt')}" for number, page in enumerate(clean, 1)]
    case: dict[str, Any] = {"now": now.isoformat(), "url": source.url}
    case |= {"options": dict(source.options)} if source.options else {}
    case["pages"] = {
        asked_as(page.fetch): [name, f"{page.media_type}; charset={page.encoding}"]
        for name, page in zip(names, clean, strict=True)
    }
    files = {name: page.body for name, page in zip(names, clean, strict=True)}
    files["case.json"] = (json.dumps(case, ensure_ascii=False, indent=2) + "\n").encode()
    files["expected.jsonl"] = "".join(json.dumps(told(one), ensure_ascii=False) + "\n" for one in after).encode()
    for secret in secrets_of(kind.Options.model_validate(dict(source.options))):
        if secret.is_set() and any(secret.reveal().encode() in content for content in files.values()):
            raise ValueError(f"it would hold the value of {secret.env}; write this kind's case by hand")
    return Case(
        files=files,
        replaced=replaced,
        left=tuple(dict.fromkeys(one for page in clean for one in people_in(page))),
        postings=sum(isinstance(one, JobPosting) for one in after),
        problems=tuple(f"{one.level}: {one.message}" for one in after if isinstance(one, Problem)),
    )


def told(found: Found) -> Mapping[str, object]:
    """One thing a kind yielded, as a line of `expected.jsonl`."""
    from aggregator.schema_org import to_schema_org

    match found:
        case JobPosting():
            return to_schema_org(found)
        case Problem():
            return {"problem": found.code, "level": found.level, "message": found.message}
        case Fetch():
            return {"fetch": asked_as(found), "step": found.step} | ({"of": found.of} if found.of else {})
        case Listed():
            return {"listed": found.identifier}
        case Removed():
            return {"removed": found.identifier}
        case Cursor():
            return {"cursor": found.value}


def _read(kind: type[Kind], source: Source, pages: Sequence[Page]) -> list[Found]:
    """What the kind makes of the pages, read again in their order as a replay does."""
    from spiders.parse import read_saved

    reader = kind(source)
    found: list[Found] = list(reader.start())
    for page in pages:
        label = f"{page.media_type}; charset={page.encoding}"
        found += read_saved(reader, page.body, page.fetch.url, label, page.retrieved_at, fetch=page.fetch)
    return found


def _shape(found: Found) -> tuple[object, ...]:
    """What must not change when people are taken out of the pages."""
    if isinstance(found, JobPosting):
        return "posting", found.identifier, found.title, found.url, found.valid_through, found.job_location
    return (type(found).__name__, *(str(value) for value in told(found).values()))


# --- people ---------------------------------------------------------------------------------------------------------

_MARKUP = re.compile(r"<[^<>]{0,20000}>|&lt;[^&<>]{0,2000}&gt;|&amp;lt;[^&<>]{0,2000}&amp;gt;|\\[ntr]|&(?:amp;)?nbsp;")
_ADDRESS = re.compile(r"[\w.+-]{1,64}(?:@|&#64;|%40|\\u0040)[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_CALL = re.compile(r"(?i)(?<=tel:)[+\d][\d\s()%-]{5,24}")
_KEYS = re.compile(
    r"(?i)contact|kontakt|recruiter|rekryterare|hiring_?manager|project_?leader|\busers?\b|responsible|ansvarig"
)
_PERSON = re.compile(r"[A-ZÅÄÖÉÜØÆ][\w'’-]+(?: (?:[a-z]{1,3} )?[A-ZÅÄÖÉÜØÆ][\w'’-]+){1,3}")


def without_people(page: Page) -> tuple[str, int]:
    """The page's text with an invented person in the place of each contact person's details, and how many they were."""
    text = page.text
    spans = _spans(text)
    if page.media_type == "json":
        spans += _in_people_keys(text)
    text, number = _replaced(text, spans)
    hidden = [
        (found.start(), found.end(), kind) for one, kind in _readable(text) for found in _spelled(one).finditer(text)
    ]
    text, more = _replaced(text, hidden)
    return text, number + more


def people_in(page: Page) -> Iterator[str]:
    """Details of contact persons that can still be read in a page once all its escapes are undone."""
    yield from (detail for detail, _ in _readable(page.text))


def _readable(text: str) -> Iterator[tuple[str, str]]:
    from aggregator.tagging.contacts import find_contacts

    plain = unescape(unescape(re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)))
    plain = _blank(plain)
    ours = set(INVENTED.values())
    for contact in find_contacts(plain):
        detail = " ".join(plain[contact.start : contact.end].split())
        if detail not in ours and contact.kind in ("email", "phone", "identity", "name"):
            yield detail, contact.kind


def _spelled(detail: str) -> re.Pattern[str]:
    """The detail however its letters are escaped: as entities, once or twice, or as JSON does it."""

    def letter(char: str) -> str:
        if char.isspace():
            return r"(?:\s|&(?:amp;)?nbsp;|\\u00a0)+"
        names = [name.rstrip(";") for name, meant in html5.items() if meant == char and name.endswith(";")]
        entities = "|".join([*map(re.escape, names), f"#{ord(char)}", f"#[xX]0*(?i:{ord(char):x})"])
        return rf"(?:{re.escape(char)}|&(?:amp;)?(?:{entities});|\\u(?i:{ord(char):04x}))"

    return re.compile("".join(map(letter, " ".join(detail.split()))))


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Where details stand: found in the text with its markup blanked out, so that offsets stay; then in the markup."""
    from aggregator.tagging.contacts import find_contacts

    spans = [(one.start, one.end, one.kind) for one in find_contacts(_blank(text))]
    spans += [(found.start(), found.end(), "email") for found in _ADDRESS.finditer(text) if _is_persons(found.group())]
    return spans + [(found.start(), found.end(), "phone") for found in _CALL.finditer(text)]


def _blank(text: str) -> str:
    """The text with blanks instead of tags and escapes, a line break at the end of each, of the same length."""
    return _MARKUP.sub(lambda found: " " * (len(found.group()) - 1) + "\n", text)


def _is_persons(address: str) -> bool:
    from aggregator.tagging.contacts import find_contacts

    plain = re.sub(r"&#64;|%40|\\u0040", "@", address)
    return bool(find_contacts(plain))


def _in_people_keys(text: str) -> list[tuple[int, int, str]]:
    """Names that stand in JSON as the values of keys such as `contactPerson`, known as names or not."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    names = {one for one in _strings_under(data, people=False, depth=0) if _PERSON.fullmatch(one)}
    spellings = {spelling for one in names for spelling in (one, json.dumps(one)[1:-1])}
    return [
        (found.start() + 1, found.end() - 1, "name")
        for one in spellings
        for found in re.finditer(re.escape(f'"{one}"'), text)
    ]


def _strings_under(data: object, *, people: bool, depth: int) -> Iterator[str]:
    if isinstance(data, str) and people:
        yield data
    elif isinstance(data, list) and depth < 60:
        for one in data:
            yield from _strings_under(one, people=people, depth=depth + 1)
    elif isinstance(data, dict) and depth < 60:
        for key, one in data.items():
            yield from _strings_under(one, people=people or bool(_KEYS.search(str(key))), depth=depth + 1)


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> tuple[str, int]:
    """The invented details in the places of the found ones; tags and escapes inside a place are kept."""
    pieces, at, number = list[str](), 0, 0
    for start, end, kind in sorted(spans, key=lambda one: (one[0], -one[1])):
        if start < at:
            continue
        pieces.append(text[at:start])
        kept = "".join(found.group() for found in _MARKUP.finditer(text[start:end]))
        pieces.append((escape(INVENTED[kind], quote=False) if kind in INVENTED else "") + kept)
        at, number = end, number + 1
    return "".join([*pieces, text[at:]]), number
