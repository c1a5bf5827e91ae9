"""JobPosting markup as Google asks for it, and JSON that may stand inside a page. Pure.

Required are title, description, datePosted, hiringOrganization and a place or remote work
(https://developers.google.com/search/docs/appearance/structured-data/job-posting); a vacancy that lacks one of them
gets no markup at all, for half a markup is reported as an error there.
"""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from aggregator.model import Partner, Place, RemoteMode, Vacancy
from publishers.site.text import as_html, blocks, one_line, web_address

_TYPES = frozenset({"FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"})
_CREDENTIALS = {
    "upper-secondary": "high school",
    "vocational-higher": "professional certificate",
    "bachelor": "bachelor degree",
    "master": "postgraduate degree",
    "doctorate": "postgraduate degree",
}


def job_posting(
    vacancy: Vacancy, *, url: str, partner: Partner | None, region: str, country: str, time_zone: str
) -> dict[str, object] | None:
    """The vacancy as a JobPosting for its page at `url`; None when what Google requires is not known.

    `region` and `country` complete a place that only names its town. Times are written with the offset of `time_zone`.
    """
    lead = vacancy.lead
    description = as_html(blocks(lead.description))
    employer = one_line(lead.hiring_organization or (partner.name if partner else ""))
    places = _places(vacancy, region, country)
    remote = lead.job_location_type is RemoteMode.REMOTE
    if not (description and employer and (places or remote) and one_line(vacancy.title)):
        return None
    zone = ZoneInfo(time_zone)
    posted = lead.date_posted or vacancy.opened_at
    organization: dict[str, object] = {"@type": "Organization", "name": employer}
    website = web_address(partner.website) if partner and partner.name == employer else ""
    data: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": one_line(vacancy.title),
        "description": description,
        "datePosted": posted.astimezone(zone).date().isoformat(),
        "validThrough": lead.valid_through.astimezone(zone).isoformat() if lead.valid_through else None,
        "hiringOrganization": organization | ({"sameAs": website} if website else {}),
        "identifier": {"@type": "PropertyValue", "name": employer, "value": vacancy.id},
        "jobLocation": places,
        "jobLocationType": "TELECOMMUTE" if remote else None,
        "applicantLocationRequirements": {"@type": "Country", "name": country} if remote else None,
        "employmentType": [word for word in lead.employment_type if word in _TYPES],
        "educationRequirements": _education(vacancy),
        "totalJobOpenings": lead.total_job_openings,
        "url": url,
        "directApply": False,
    }
    return {name: value for name, value in data.items() if value not in (None, [], "")}


def _education(vacancy: Vacancy) -> object:
    demanded = vacancy.codes("education", sure=True)
    if demanded == ("none",):
        return "no requirements"
    if len(demanded) == 1 and demanded[0] in _CREDENTIALS:
        return {"@type": "EducationalOccupationalCredential", "credentialCategory": _CREDENTIALS[demanded[0]]}
    return None


def _places(vacancy: Vacancy, region: str, country: str) -> list[dict[str, object]]:
    """The source's own places; without any, the municipalities that the ad was tagged with."""
    given = [_place(place, region, country) for place in vacancy.lead.job_location if place.locality or place.region]
    if given:
        return given
    labels = [tag.label for tag in vacancy.tags if tag.axis == "municipality" and tag.label]
    return [_place(Place(locality=label), region, country) for label in dict.fromkeys(labels)]


def _place(place: Place, region: str, country: str) -> dict[str, object]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": one_line(place.street_address),
        "postalCode": one_line(place.postal_code),
        "addressLocality": one_line(place.locality),
        "addressRegion": one_line(place.region) or region,
        "addressCountry": place.country or country,
    }
    return {"@type": "Place", "address": {name: value for name, value in address.items() if value}}


def json_in_page(data: object) -> str:
    """JSON that cannot end the `<script>` it stands in nor open a comment there."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")
