"""A schema.org JobPosting as other people write it (JSON-LD, microdata, inside a JSON Feed) to an `Ad`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aggregator.model import Place, RemoteMode
from aggregator.schema_org import each, places_of, salary_of, text_of, texts_of
from spiders.extract.links import canonical, clean_url
from spiders.extract.posting import Ad
from spiders.extract.text import one_line
from spiders.extract.words import remote_mode


def ad_of(data: Mapping[str, object], page_url: str) -> Ad:
    """What the JobPosting says; its address is the page's where it has none of its own. Names and e-mail addresses of
    `applicationContact` and of authors are not read.
    """
    url = clean_url(text_of(data.get("url")), page_url) or clean_url(page_url)
    remote, remote_words = _remote(data)
    occupation = text_of(data.get("occupationalCategory"))
    return Ad(
        identifier=_identifier(data.get("identifier")) or canonical(url),
        title=text_of(data.get("title")) or text_of(data.get("name")),
        url=url,
        apply_url=_apply_url(data),
        body="\n".join(dict.fromkeys(texts_of(data.get("description")))),
        organization=text_of(data.get("hiringOrganization")),
        places=tuple(_without_markup(place) for place in places_of(data.get("jobLocation"))),
        remote=remote,
        remote_words=remote_words,
        employment=texts_of(data.get("employmentType")),
        published=text_of(data.get("datePosted")) or None,
        deadline=text_of(data.get("validThrough")) or None,
        language=text_of(data.get("inLanguage")),
        salary=_salary(data),
        reference=_reference(data.get("identifier")),
        department=text_of(data.get("employmentUnit")),
        occupation_label=occupation if any(map(str.isalpha, occupation)) else "",
        openings=_openings(data.get("totalJobOpenings")),
    )


def _identifier(value: object) -> str:
    """The identifier's value. A PropertyValue's `name` is the organisation that gave it, never the identifier."""
    for one in each(value):
        found = text_of(one.get("value")) if isinstance(one, Mapping) else text_of(one)
        if found:
            return found
    return ""


def _reference(value: object) -> str:
    """A second identifier, where the posting has one: employers give their own reference beside the system's."""
    found = [one for one in (_identifier(each_one) for each_one in each(value)) if one]
    return found[1] if len(found) > 1 else ""


def _remote(data: Mapping[str, object]) -> tuple[RemoteMode | None, str]:
    words = text_of(data.get("jobLocationType")) or text_of(data.get("workplaceType"))
    return (remote_mode(words) if words else None), words


def _apply_url(data: Mapping[str, object]) -> str:
    for one in (*each(data.get("potentialAction")), *each(data.get("applicationContact"))):
        if isinstance(one, Mapping):
            target = text_of(one.get("target")) or text_of(one.get("url"))
            if isinstance(one.get("target"), Mapping):
                target = text_of(one["target"].get("urlTemplate")) or target
            if target.startswith("http"):
                return target
    return text_of(data.get("applyUrl"))


def _salary(data: Mapping[str, object]) -> str:
    salary = salary_of(data.get("baseSalary")) or salary_of(data.get("estimatedSalary"))
    currency = text_of(data.get("salaryCurrency"))
    return f"{salary} {currency}" if salary and currency and currency not in salary else salary


def _openings(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 else None


def _without_markup(place: Place) -> Place:
    return replace(
        place,
        name=one_line(place.name),
        street_address=one_line(place.street_address),
        postal_code=one_line(place.postal_code),
        locality=one_line(place.locality),
        region=one_line(place.region),
    )
