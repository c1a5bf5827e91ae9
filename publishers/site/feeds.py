"""The site's files for machines: Atom, JSON Feed 1.1, sitemap and robots.txt. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from aggregator.model import Place, Vacancy
from publishers.site.text import as_html, blocks, one_line, plain, slug
from publishers.site.views import Edition, JobView

LONGEST_FEED = 100
"""Entries of a feed, the newest first; a reader that asks once a week misses none."""

Entry = tuple[Vacancy, JobView]


def atom(entries: Sequence[Entry], edition: Edition) -> bytes:
    """The newest open vacancies as Atom (RFC 4287). Entry ids are tag URIs of the vacancy's id and never change."""
    data, address = edition.data, edition.data.address
    own = f"{address}/{edition.root}feed.atom"
    newest = max((vacancy.opened_at for vacancy, _ in entries), default=None)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(edition.language)}>',
        f"<title>{_xml(edition.title)}</title>",
        f"<id>{_xml(_tag(address, f'feed/{edition.language}'))}</id>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(f"{address}/{edition.root}")}/>',
        f"<updated>{_moment(newest or datetime.fromtimestamp(0, data.generated_at.tzinfo))}</updated>",
        f"<author><name>{_xml(data.operator or edition.region)}</name></author>",
    ]
    for vacancy, job in entries:
        url = f"{address}/{job.path}"
        lines += [
            f"<entry xml:lang={quoteattr(job.language or edition.language)}>",
            f"<title>{_xml(_headline(job))}</title>",
            f"<id>{_xml(_tag(address, f'vacancy/{vacancy.id}'))}</id>",
            f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>',
            f"<published>{_moment(vacancy.opened_at)}</published><updated>{_moment(vacancy.opened_at)}</updated>",
            *(f"<category term={quoteattr(place)}/>" for place in job.places.split(", ") if place),
            f'<content type="html">{_xml(as_html(blocks(vacancy.lead.description)))}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode()


def json_feed(entries: Sequence[Entry], edition: Edition, images: Mapping[str, str]) -> bytes:
    """The same as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); `_jobbfyr` holds what filters need."""
    address = edition.data.address
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.title,
        "home_page_url": f"{address}/{edition.root}",
        "feed_url": f"{address}/{edition.root}feed.json",
        "language": edition.language,
        "items": [_item(vacancy, job, address, images) for vacancy, job in entries],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _item(vacancy: Vacancy, job: JobView, address: str, images: Mapping[str, str]) -> dict[str, object]:
    through = vacancy.lead.valid_through
    item: dict[str, object] = {
        "id": _tag(address, f"vacancy/{vacancy.id}"),
        "url": f"{address}/{job.path}",
        "title": _headline(job),
        "content_text": plain(vacancy.lead.description) or job.title,
        "date_published": _moment(vacancy.opened_at),
        "language": job.language,
        "image": images.get(vacancy.id, ""),
        "tags": [tag for tag in (*job.places.split(", "), job.badge, job.remote_words) if tag],
        "_jobbfyr": {
            "employer": job.employer,
            "valid_through": _moment(through) if through else None,
            "municipalities": job.codes.split(),
            "skill_level": job.level or None,
            "no_degree_needed": job.no_degree,
        },
    }
    return {name: value for name, value in item.items() if value not in ("", [])}


_JOB_TYPES = {"FULL_TIME": "fulltime", "PART_TIME": "parttime", "CONTRACTOR": "contract", "TEMPORARY": "temporary"}


def indeed(entries: Sequence[Entry], edition: Edition) -> bytes:
    """The open vacancies in the XML that Indeed made customary and many boards read: a `job` a town, in CDATA."""
    data, address = edition.data, edition.data.address
    newest = max((vacancy.opened_at for vacancy, _ in entries), default=data.generated_at)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<source>",
        f"<publisher>{_xml(data.operator or edition.title)}</publisher>",
        f"<publisherurl>{_xml(f'{address}/')}</publisherurl>",
        f"<lastBuildDate>{format_datetime(newest)}</lastBuildDate>",
    ]
    for vacancy, job in entries:
        for place, city in _cities(vacancy, job):
            lines.append("<job>")
            fields = _job_fields(vacancy, job, place, city, edition)
            lines += [f"<{name}>{_cdata(value)}</{name}>" for name, value in fields.items() if value]
            lines.append("</job>")
    return "\n".join([*lines, "</source>", ""]).encode()


def _cities(vacancy: Vacancy, job: JobView) -> list[tuple[Place | None, str]]:
    """The towns of a vacancy, each once with its place; one entry without a place when the ad names none."""
    found: dict[str, tuple[Place | None, str]] = {}
    for place in vacancy.lead.job_location:
        city = place.locality or job.places.split(", ")[0]
        found.setdefault(slug(city), (place, city))
    return list(found.values()) or [(None, job.places.split(", ")[0])]


def _job_fields(vacancy: Vacancy, job: JobView, place: Place | None, city: str, edition: Edition) -> dict[str, str]:
    """One `job`'s elements. Boards know a job by its `referencenumber`, which must be another for each town and never
    change: the town stands in it from the start, so that a second one later changes nothing.
    """
    lead, data = vacancy.lead, edition.data
    through = lead.valid_through
    return {
        "title": job.title,
        "date": format_datetime(lead.date_posted or vacancy.opened_at),
        "referencenumber": f"{vacancy.id}-{slug(city)}" if city else vacancy.id,
        "url": f"{data.address}/{job.path}",
        "company": job.employer,
        "city": city,
        "state": place.region if place else "",
        "postalcode": place.postal_code if place else "",
        "country": (place.country if place else "") or data.country,
        "description": as_html(blocks(lead.description)),
        "jobtype": ",".join(_JOB_TYPES[word] for word in lead.employment_type if word in _JOB_TYPES),
        "expirationdate": through.date().isoformat() if through else "",
    }


def _cdata(text: str) -> str:
    return f"<![CDATA[{one_line(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def sitemap(pages: Sequence[tuple[Mapping[str, str], datetime | None]], address: str) -> bytes:
    """The sitemap: each page as its paths by language, with the time it last changed when that is known."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for paths, changed in pages:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(f"{address}/{path}")}/>'
            for language, path in paths.items()
        )
        lastmod = f"<lastmod>{_moment(changed)}</lastmod>" if changed else ""
        lines += [f"<url><loc>{_xml(f'{address}/{path}')}</loc>{lastmod}{others}</url>" for path in paths.values()]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def robots(address: str) -> bytes:
    """Everything may be read; closed vacancies ask not to be listed on their own pages."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {address}/sitemap.xml\n".encode()


def _headline(job: JobView) -> str:
    return ", ".join(part for part in (job.title, job.employer, job.places) if part)


def _tag(address: str, name: str) -> str:
    """A tag URI (RFC 4151): the site's host and the year in which the scheme was fixed."""
    return f"tag:{urlsplit(address).hostname or 'localhost'},2026:{name}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _xml(text: str) -> str:
    return escape(one_line(text))
