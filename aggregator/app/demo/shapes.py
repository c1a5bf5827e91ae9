"""How the demo's jobs look in each job system: pure functions from jobs to the bytes a real server would send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from aggregator.app.demo.world import DemoJob, DemoSite

STOCKHOLM = ZoneInfo("Europe/Stockholm")

MUNICIPALITY_CODES: Mapping[str, str] = {
    "Vansbro": "2021", "Malung-Sälen": "2023", "Gagnef": "2026", "Leksand": "2029", "Rättvik": "2031", "Orsa": "2034",
    "Älvdalen": "2039", "Smedjebacken": "2061", "Mora": "2062", "Falun": "2080", "Borlänge": "2081", "Säter": "2082",
    "Hedemora": "2083", "Avesta": "2084", "Ludvika": "2085",
}  # fmt: skip

SCHEMA_TYPES = {"full-time": "FULL_TIME", "part-time": "PART_TIME", "temporary": "TEMPORARY", "intern": "INTERN"}


def slug(title: str) -> str:
    """A title as an address's last part."""
    plain = title.lower().translate(str.maketrans("åäöé", "aaoe"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def body_html(job: DemoJob) -> str:
    """The ad's text as an editor would have saved it."""
    parts: list[str] = []
    for block in job.text.split("\n\n"):
        lines = block.splitlines()
        words = [line for line in lines if not line.startswith("- ")]
        items = [line[2:] for line in lines if line.startswith("- ")]
        if words:
            parts.append(f"<p>{escape(' '.join(words))}</p>")
        if items:
            parts.append("<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>")
    if job.contact:
        parts.append(f"<p><strong>Kontakt:</strong> {escape(job.contact)}</p>")
    return "\n".join(parts)


def page(title: str, inside: str, head: str = "") -> bytes:
    """A whole HTML page."""
    return (
        f'<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f"<body><header><a href='/'>{escape(title)}</a></header><main>{inside}</main></body></html>"
    ).encode()


def teamtailor_rss(site: DemoSite, jobs: Sequence[DemoJob], base: str) -> bytes:
    """Teamtailor's RSS with its locations namespace; the body of each item is escaped HTML, sometimes twice."""
    items = []
    for job in jobs:
        body = escape(body_html(job)) if job.twice_escaped else body_html(job)
        places = "".join(
            f"<tt:location><tt:name>{escape(place)}</tt:name><tt:address/><tt:zip/>"
            f"<tt:city>{escape(place)}</tt:city><tt:country>Sweden</tt:country></tt:location>"
            for place in job.places
        )
        items.append(
            f"<item><title>{escape(job.title)}</title><description>{escape(body)}</description>"
            f"<pubDate>{format_datetime(job.posted)}</pubDate><link>{base}/jobs/{job.id}-{slug(job.title)}</link>"
            f"<guid isPermaLink='false'>{site.key}-{job.id}</guid>"
            f"<remoteStatus>{ {'': 'none', 'hybrid': 'hybrid', 'remote': 'fully'}[job.remote] }</remoteStatus>"
            f"<tt:locations>{places}</tt:locations></item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel>'
        f"<title>{escape(site.name)}</title><link>{base}/jobs</link><description>Lediga jobb</description>"
        + "".join(items)
        + "</channel></rss>"
    ).encode()


def teamtailor_json(site: DemoSite, jobs: Sequence[DemoJob], base: str) -> bytes:
    """Teamtailor's JSON Feed with a JobPosting in each item."""
    items = [
        {
            "id": f"{site.key}-{job.id}",
            "title": job.title,
            "url": f"{base}/jobs/{job.id}-{slug(job.title)}",
            "date_published": job.posted.isoformat(),
            "content_html": body_html(job),
            "_jobposting": job_posting(job, f"{base}/jobs/{job.id}-{slug(job.title)}"),
        }
        for job in jobs
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": f"{base}/jobs",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def job_posting(job: DemoJob, url: str) -> dict[str, object]:
    """schema.org's JobPosting as ATS vendors write it."""
    out: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "identifier": {"@type": "PropertyValue", "name": job.employer, "value": job.id},
        "description": body_html(job),
        "datePosted": job.posted.date().isoformat(),
        "employmentType": SCHEMA_TYPES[job.type],
        "hiringOrganization": {"@type": "Organization", "name": job.employer},
        "url": url,
        "jobLocation": [
            {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": place, "addressCountry": "SE"}}
            for place in job.places
        ],
    }
    if job.deadline:
        out["validThrough"] = job.deadline.isoformat()
    if job.remote == "remote":
        out["jobLocationType"] = "TELECOMMUTE"
    return out


def list_page(site: DemoSite, jobs: Iterable[DemoJob], path: str) -> bytes:
    """A career page whose ads are links."""
    links = "".join(f'<li><a href="{path}/{job.id}">{escape(job.title)}</a></li>' for job in jobs)
    return page(
        f"Jobba hos {site.name}", f"<h1>Lediga jobb</h1><p>{escape(site.about)}</p><ul class='jobs'>{links}</ul>"
    )


def jsonld_page(job: DemoJob, url: str) -> bytes:
    """An ad page with its JobPosting in JSON-LD, its body escaped once more as vendors do."""
    posting = job_posting(job, url) | {"description": escape(body_html(job))}
    script = json.dumps({"@graph": [{"@type": "WebSite", "name": job.employer}, posting]}, ensure_ascii=False)
    head = f'<script type="application/ld+json">{script.replace("</", "<" + chr(92) + "/")}</script>'
    return page(job.title, f"<h1>{escape(job.title)}</h1>{body_html(job)}", head)


def microdata_page(job: DemoJob) -> bytes:
    """An ad page with microdata."""
    places = "".join(
        '<div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place"><span itemprop="address" itemscope '
        'itemtype="https://schema.org/PostalAddress"><span itemprop="addressLocality">'
        f"{escape(place)}</span></span></div>"
        for place in job.places
    )
    remote = '<meta itemprop="jobLocationType" content="TELECOMMUTE">' if job.remote == "remote" else ""
    deadline = (
        f'<time itemprop="validThrough" datetime="{job.deadline:%Y-%m-%d}">{job.deadline:%Y-%m-%d}</time>'
        if job.deadline
        else ""
    )
    return page(
        job.title,
        '<article itemscope itemtype="https://schema.org/JobPosting">'
        f'<meta itemprop="identifier" content="{escape(job.id)}"><h1 itemprop="title">{escape(job.title)}</h1>'
        f'<span itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization"><b itemprop="name">'
        f"{escape(job.employer)}</b></span>{places}{remote}"
        f'<meta itemprop="employmentType" content="{SCHEMA_TYPES[job.type]}">'
        f'<time itemprop="datePosted" datetime="{job.posted:%Y-%m-%d}"></time>{deadline}'
        f'<div itemprop="description">{body_html(job)}</div></article>',
    )


def plain_list(site: DemoSite, jobs: Iterable[DemoJob], path: str) -> bytes:
    """A hand-made career page: rows with a title, a place and a last day."""
    rows = "".join(
        f'<div class="jobb"><h3><a href="{path}/{job.id}">{escape(job.title)}</a></h3>'
        f'<span class="ort">{escape(", ".join(job.places))}</span>'
        f'<span class="sista">{swedish_date(job.deadline) if job.deadline else ""}</span></div>'
        for job in jobs
    )
    return page(f"Jobba på {site.name}", f"<h1>Jobba hos oss</h1><p>{escape(site.about)}</p>{rows}")


def plain_page(job: DemoJob) -> bytes:
    """A hand-made ad page without any markup that a machine could use."""
    return page(job.title, f"<h1>{escape(job.title)}</h1><div class='brodtext'>{body_html(job)}</div>")


def rss(site: DemoSite, jobs: Sequence[DemoJob], base: str) -> bytes:
    """A plain RSS feed that names place and last day in its text only."""
    items = "".join(
        f"<item><title>{escape(job.title)}</title><link>{base}/jobb/{job.id}</link><guid>{base}/jobb/{job.id}</guid>"
        f"<pubDate>{format_datetime(job.posted)}</pubDate>"
        f"<description>{escape(body_html(job) + where_and_when(job))}</description></item>"
        for job in jobs
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Lediga jobb hos {escape(site.name)}</title>"
        f"<link>{base}/</link><description>Lediga jobb</description>{items}</channel></rss>"
    ).encode()


def atom(site: DemoSite, jobs: Sequence[DemoJob], base: str, now: datetime) -> bytes:
    """An Atom feed."""
    entries = "".join(
        f"<entry><id>tag:{site.key}.example,2026:{job.id}</id><title>{escape(job.title)}</title>"
        f'<link rel="alternate" href="{base}/work/{job.id}"/><published>{job.posted.isoformat()}</published>'
        f"<updated>{job.posted.isoformat()}</updated>"
        f'<content type="html">{escape(body_html(job) + where_and_when(job))}</content></entry>'
        for job in jobs
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:{site.key}.example,2026:jobs</id>"
        f"<title>{escape(site.name)}</title><updated>{now.isoformat()}</updated>{entries}</feed>"
    ).encode()


def where_and_when(job: DemoJob) -> str:
    """The line that such feeds end an ad with."""
    place = ", ".join(job.places)
    if job.language == "en":
        remote = {"": "", "hybrid": " (hybrid)", "remote": " or remote within Sweden"}[job.remote]
        return f"<p>Location: {escape(place)}{remote}.</p>"
    remote = {"": "", "hybrid": " (hybrid)", "remote": " eller på distans"}[job.remote]
    return f"<p>Placering: {escape(place)}{remote}.</p>"


def board_ad(job: DemoJob, base: str, apply_url: str) -> dict[str, object]:
    """One ad as JobTech's APIs give it; local times without a zone, coordinates left out, as many ads do."""
    place = job.places[0] if job.places else ""
    return {
        "id": job.id,
        "external_id": None,
        "webpage_url": f"{base}/platsbanken/annonser/{job.id}",
        "headline": job.title,
        "application_deadline": local_time(job.deadline),
        "number_of_vacancies": 1,
        "description": {
            "text": job.text + (f"\n\nKontakt: {job.contact}" if job.contact else ""),
            "text_formatted": body_html(job),
        },
        "employment_type": {"label": "Vanlig anställning"},
        "working_hours_type": {"label": "Deltid" if job.type == "part-time" else "Heltid"},
        "duration": {"label": "3 - 6 månader" if job.type == "temporary" else "Tills vidare"},
        "employer": {"name": job.employer, "organization_number": None, "phone_number": None, "email": None},
        "application_details": {"url": apply_url, "email": None, "reference": None},
        "occupation": {"label": job.occupation},
        "occupation_group": {"label": job.occupation, "legacy_ams_taxonomy_id": job.ssyk},
        "workplace_address": {
            "municipality": place or None,
            "municipality_code": MUNICIPALITY_CODES.get(place),
            "region": "Dalarnas län",
            "region_code": "20",
            "country": "Sverige",
            "coordinates": None,
        },
        "publication_date": local_time(job.posted),
        "last_publication_date": local_time(job.deadline),
        "removed": False,
        "removed_date": None,
        "timestamp": int(job.posted.timestamp() * 1000),
    }


def swedish_date(at: datetime) -> str:
    """`3 december 2026`."""
    months = [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ]
    return f"{at.day} {months[at.month - 1]} {at.year}"


def local_time(at: datetime | None) -> str | None:
    """Swedish wall-clock time without a zone, as JobTech writes it."""
    return None if at is None else at.astimezone(STOCKHOLM).replace(tzinfo=None, microsecond=0).isoformat()
