"""Rows to types and back, in this one place. JSON documents leave out what is at its default."""

# ruff: noqa: D103 - in every pair `thing_to` makes a type a row or document, and `thing_from` makes it a type again

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.engine import Row

from aggregator.model import (
    Content,
    ContentKind,
    Delivery,
    Event,
    Evidence,
    Image,
    JobPosting,
    LinkCard,
    ListingKind,
    Message,
    Period,
    Place,
    PlanItem,
    Post,
    PostingState,
    PostState,
    Problem,
    Promise,
    Receipt,
    Refusal,
    RemoteMode,
    Slot,
    SourceState,
    Standing,
    Suspicion,
    Tag,
    Validator,
)

Doc = dict[str, Any]
"""A JSON document, or a row to be written."""

Record = Row[*tuple[Any, ...]]
"""A row as it was read."""


def moment_to(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def moment_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- postings ------------------------------------------------------------------------------------------------------

_PLACE_FIELDS = tuple(field.name for field in fields(Place))
_POSTING_WORDS = (
    "title",
    "url",
    "retrieved_from",
    "apply_url",
    "hiring_organization",
    "organization_number",
    "description",
    "in_language",
    "base_salary",
    "reference_number",
    "department",
    "occupation_code",
    "occupation_label",
)


def posting_to(posting: JobPosting) -> Doc:
    """Everything of a posting but its key."""
    doc: Doc = {name: value for name in _POSTING_WORDS if (value := getattr(posting, name))}
    doc["retrieved_at"] = moment_to(posting.retrieved_at)
    if posting.job_location:
        doc["job_location"] = [
            {name: value for name in _PLACE_FIELDS if (value := getattr(place, name)) not in ("", None)}
            for place in posting.job_location
        ]
    if posting.job_location_type:
        doc["job_location_type"] = posting.job_location_type.value
    if posting.employment_type:
        doc["employment_type"] = list(posting.employment_type)
    for name in ("date_posted", "valid_through"):
        if (at := getattr(posting, name)) is not None:
            doc[name] = moment_to(at)
    if posting.total_job_openings is not None:
        doc["total_job_openings"] = posting.total_job_openings
    if posting.listing is not ListingKind.VACANCY:
        doc["listing"] = posting.listing.value
    if posting.raw:
        doc["raw"] = dict(posting.raw)
    return doc


def posting_from(source: str, identifier: str, doc: Mapping[str, Any]) -> JobPosting:
    """The posting as it was when its content last changed."""
    remote = doc.get("job_location_type")
    return JobPosting(
        source=source,
        identifier=identifier,
        retrieved_at=_moment(doc["retrieved_at"]),
        job_location=tuple(Place(**place) for place in doc.get("job_location", ())),
        job_location_type=RemoteMode(remote) if remote else None,
        employment_type=tuple(doc.get("employment_type", ())),
        date_posted=moment_from(doc.get("date_posted")),
        valid_through=moment_from(doc.get("valid_through")),
        total_job_openings=doc.get("total_job_openings"),
        listing=ListingKind(doc.get("listing", "vacancy")),
        raw=doc.get("raw", {}),
        **{name: doc.get(name, "") for name in _POSTING_WORDS},
    )


def state_from(row: Record) -> PostingState:
    return PostingState(
        identifier=row.identifier,
        fingerprint=row.fingerprint,
        url=row.url,
        open=row.open,
        misses=row.misses,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        closed_at=row.closed_at,
        title=row.title,
        valid_through=row.valid_through,
    )


# --- sources -------------------------------------------------------------------------------------------------------


def source_from(row: Record) -> SourceState:
    return SourceState(
        key=row.key,
        baseline=row.baseline,
        last_success=row.last_success,
        last_count=row.last_count,
        quarantined_at=row.quarantined_at,
        quarantine_reason=row.quarantine_reason,
        validators=tuple(Validator(**validator) for validator in row.validators),
        cursor=row.cursor,
        last_harvest=row.last_harvest,
        suspicion=suspicion_from(row.suspicion),
    )


def validators_to(validators: Sequence[Validator]) -> list[Doc]:
    return [
        {"url": v.url, "etag": v.etag, "last_modified": v.last_modified, "body_hash": v.body_hash} for v in validators
    ]


def suspicion_to(suspicion: Suspicion | None) -> Doc | None:
    if suspicion is None:
        return None
    return {
        "code": suspicion.code,
        "began": moment_to(suspicion.began),
        "since": moment_to(suspicion.since),
        "times": suspicion.times,
        "identifiers": sorted(suspicion.identifiers),
    }


def suspicion_from(doc: Mapping[str, Any] | None) -> Suspicion | None:
    if doc is None:
        return None
    return Suspicion(
        code=doc["code"],
        began=_moment(doc["began"]),
        since=_moment(doc["since"]),
        times=doc["times"],
        identifiers=frozenset(doc["identifiers"]),
    )


def problem_to(problem: Problem) -> Doc:
    return {
        "level": problem.level,
        "code": problem.code,
        "where": problem.where,
        "message": problem.message,
        "data": dict(problem.data),
    }


def problem_from(row: Record) -> Problem:
    return Problem(level=row.level, code=row.code, where=row.location, message=row.message, data=row.data)


def shortfall_from(doc: Mapping[str, Any]) -> Problem:
    return Problem(**doc)


# --- understood ----------------------------------------------------------------------------------------------------


def tag_to(vacancy: str, position: int, tag: Tag) -> Doc:
    return {
        "vacancy_id": vacancy,
        "position": position,
        "axis": tag.axis,
        "code": tag.code,
        "label": tag.label,
        "confidence": tag.confidence,
        "evidence": [[e.field, e.words, e.rule] for e in tag.evidence],
    }


def tag_from(axis: str, code: str, label: str, confidence: float, evidence: Sequence[Sequence[str]]) -> Tag:
    return Tag(
        axis=axis,
        code=code,
        label=label,
        confidence=confidence,
        evidence=tuple(Evidence(field=field, words=words, rule=rule) for field, words, rule in evidence),
    )


# --- chosen --------------------------------------------------------------------------------------------------------


def content_to(content: Content) -> Doc:
    return {
        "kind": content.kind.value,
        "key": content.key,
        "vacancies": list(content.vacancies),
        "partners": list(content.partners),
        "story": content.story,
    }


def content_from(doc: Mapping[str, Any]) -> Content:
    return Content(
        kind=ContentKind(doc["kind"]),
        key=doc["key"],
        vacancies=tuple(doc["vacancies"]),
        partners=tuple(doc["partners"]),
        story=doc["story"],
    )


def item_to(item: PlanItem) -> Doc:
    slot = item.slot
    return {
        "slot": {
            "key": slot.key,
            "campaign": slot.campaign,
            "at": moment_to(slot.at),
            "channels": list(slot.channels),
            "language": slot.language,
            "content": [kind.value for kind in slot.content],
        },
        "content": content_to(item.content) if item.content else None,
        "reasons": list(item.reasons),
        "refused": [[refusal.content, refusal.rule, refusal.reason] for refusal in item.refused],
    }


def item_from(doc: Mapping[str, Any]) -> PlanItem:
    slot = doc["slot"]
    return PlanItem(
        slot=Slot(
            key=slot["key"],
            campaign=slot["campaign"],
            at=_moment(slot["at"]),
            channels=tuple(slot["channels"]),
            language=slot["language"],
            content=tuple(ContentKind(kind) for kind in slot["content"]),
        ),
        content=content_from(doc["content"]) if doc["content"] else None,
        reasons=tuple(doc["reasons"]),
        refused=tuple(Refusal(content=c, rule=rule, reason=reason) for c, rule, reason in doc["refused"]),
    )


def standing_to(standing: Standing) -> Doc:
    return {
        "partner": standing.partner,
        "promise": [standing.promise.content.value, standing.promise.posts, standing.promise.per.value],
        "period": [standing.period_start.isoformat(), standing.period_end.isoformat()],
        "promised": standing.promised,
        "delivered": standing.delivered,
        "planned": standing.planned,
        "due": standing.due,
    }


def standing_from(doc: Mapping[str, Any]) -> Standing:
    content, posts, per = doc["promise"]
    start, end = doc["period"]
    return Standing(
        partner=doc["partner"],
        promise=Promise(content=ContentKind(content), posts=posts, per=Period(per)),
        period_start=date.fromisoformat(start),
        period_end=date.fromisoformat(end),
        promised=doc["promised"],
        delivered=doc["delivered"],
        planned=doc["planned"],
        due=doc["due"],
    )


# --- published -----------------------------------------------------------------------------------------------------


def message_to(message: Message) -> Doc:
    card = message.card
    return {
        "text": message.text,
        "language": message.language,
        "link": message.link,
        "hashtags": list(message.hashtags),
        "images": [
            {"path": i.path, "alt": i.alt, "width": i.width, "height": i.height, "media_type": i.media_type}
            for i in message.images
        ],
        "card": {"url": card.url, "title": card.title, "description": card.description} if card else None,
        "marker": message.marker,
    }


def message_from(doc: Mapping[str, Any]) -> Message:
    return Message(
        text=doc["text"],
        language=doc["language"],
        link=doc["link"],
        hashtags=tuple(doc["hashtags"]),
        images=tuple(Image(**image) for image in doc["images"]),
        card=LinkCard(**doc["card"]) if doc["card"] else None,
        marker=doc["marker"],
    )


def receipt_to(receipt: Receipt | None) -> Doc | None:
    if receipt is None:
        return None
    return {
        "remote_id": receipt.remote_id,
        "url": receipt.url,
        "at": moment_to(receipt.at),
        "data": dict(receipt.data),
    }


def receipt_from(doc: Mapping[str, Any] | None) -> Receipt | None:
    if doc is None:
        return None
    return Receipt(remote_id=doc["remote_id"], url=doc["url"], at=_moment(doc["at"]), data=doc["data"])


def post_to(post: Post) -> Doc:
    return {
        "key": post.key,
        "slot": post.slot,
        "channel": post.channel,
        "state": post.state.value,
        "language": post.language,
        "created_at": post.created_at,
        "not_before": post.not_before,
        "due_at": post.due_at,
        "sent_at": post.receipt.at if post.receipt else None,
        "attempts": post.attempts,
        "error": post.error,
        "close_reason": post.close_reason,
        "seed": post.seed,
        "content": content_to(post.content),
        "message": message_to(post.message),
        "receipt": receipt_to(post.receipt),
    }


def post_from(row: Record) -> Post:
    return Post(
        key=row.key,
        slot=row.slot,
        channel=row.channel,
        content=content_from(row.content),
        language=row.language,
        message=message_from(row.message),
        state=PostState(row.state),
        seed=row.seed,
        created_at=row.created_at,
        not_before=row.not_before,
        due_at=row.due_at,
        attempts=row.attempts,
        receipt=receipt_from(row.receipt),
        error=row.error,
        close_reason=row.close_reason,
    )


def delivery_to(delivery: Delivery) -> Doc:
    return {
        "slot": delivery.slot,
        "channel": delivery.channel,
        "content": delivery.content,
        "kind": delivery.kind.value,
        "no_degree": delivery.no_degree,
        "at": delivery.at,
        "partners": list(delivery.partners),
        "vacancies": list(delivery.vacancies),
        "municipalities": list(delivery.municipalities),
    }


def delivery_from(row: Record, names: Mapping[str, str]) -> Delivery:
    """`names` are the present ids of vacancies that have been merged."""
    return Delivery(
        slot=row.slot,
        content=row.content,
        kind=ContentKind(row.kind),
        partners=tuple(row.partners),
        vacancies=tuple(names.get(id_, id_) for id_ in row.vacancies),
        municipalities=tuple(row.municipalities),
        no_degree=row.no_degree,
        channel=row.channel,
        at=row.at,
    )


def event_to(event: Event) -> Doc:
    return {
        "at": event.at,
        "subject": event.subject,
        "kind": event.kind,
        "message": event.message,
        "data": dict(event.data),
    }


def event_from(row: Record) -> Event:
    return Event(at=row.at, subject=row.subject, kind=row.kind, message=row.message, data=row.data)
