"""How ads say that no schooling is demanded, and sentences that sound like it and are not."""

from datetime import UTC, datetime

import pytest

from aggregator.model import JobPosting
from aggregator.tagging import TagRules, tag


def education(description: str) -> tuple[str, str]:
    posting = JobPosting(
        source="acme/site",
        identifier="1",
        title="Medarbetare",
        url="https://acme.example/1",
        retrieved_from="https://acme.example/",
        retrieved_at=datetime(2026, 11, 21, tzinfo=UTC),
        description=description,
    )
    found = next(one for one in tag([posting], TagRules()) if one.axis == "education")
    return found.code, found.evidence[0].words if found.evidence else ""


@pytest.mark.parametrize(
    "words",
    [
        "Ingen examen krävs, licensprövning sker på plats.",
        "Ingen särskild examen behövs.",
        "Utbildning spelar ingen roll.",
        "Utbildning är inte avgörande, det är ordningssinnet som är det.",
        "C- eller CE-körkort och YKB krävs, ingen annan utbildning.",
        "Truckkort A och B krävs, ingen annan utbildning.",
        "A degree is fine but not required.",
    ],
)
def test_said_without_doubt(words: str) -> None:
    code, evidence = education(f"Vi söker dig som trivs hos oss. {words} Välkommen!")
    assert code == "none"
    assert evidence.rstrip(".") in words


@pytest.mark.parametrize(
    "words",
    [
        "Ingen examen är den andra lik hos oss på universitetet.",
        "Ingen annan utbildning ger så mycket som vår.",
        "Högskoleexamen krävs.",
        "Utbildning är viktig för oss.",
        "Erfarenhet från kök är ett krav.",
        "Körkort krävs.",
    ],
)
def test_what_only_sounds_like_it_is_not_none(words: str) -> None:
    assert education(words)[0] != "none"
