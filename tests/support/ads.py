"""Job ads to link, in Swedish and English, made with few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import JobPosting, Place

START = datetime(2026, 9, 1, 8, tzinfo=UTC)

SVETSARE = """Vi söker dig som vill svetsa stora konstruktioner i vår verkstad vid älven. Du arbetar i ett lag om sex personer
med MIG- och MAG-svetsning, läser ritningar och ansvarar själv för kvaliteten på det du gör.

Vi lär upp dig som har rätt inställning. Truckkort är meriterande. Arbetstiden är förlagd till dagtid, måndag till fredag.
Hos oss finns nära till skog och skidspår, och bostad hjälper vi gärna till med. Du får friskvårdsbidrag, kollektivavtal
och en fadder under hela första året. Företaget har funnits sedan 1947 och levererar till kunder i hela Norden."""

UNDERSKOTERSKA = """Som undersköterska hos oss möter du äldre i deras vardag. Du hjälper till med omvårdnad, måltider och
promenader, dokumenterar i vårt system och är kontaktman för två boende. Vi arbetar personcentrerat och i små grupper.

Du har undersköterskeexamen eller är villig att utbilda dig på betald arbetstid. Körkort krävs. Vi lägger stor vikt vid
personlig lämplighet, lugn och gott bemötande. Schemat läggs tillsammans, och du arbetar varannan helg. Kommunen erbjuder
friskvård, semesterväxling och möjlighet till heltid. Välkommen med din ansökan redan i dag, urval sker löpande."""

ENGINEER = """We are looking for a process engineer who wants to make steel without fossil fuels. You will follow the furnaces
from the control room, find out why a batch did not turn out as planned and suggest how the next one should be run.

You hold a degree in metallurgy, chemistry or similar and write English well; we teach you Swedish. Relocation help,
including a flat for the first six months and a place in preschool, is part of our offer to you and your family."""

TEXTS = {"svetsare": SVETSARE, "undersköterska": UNDERSKOTERSKA, "engineer": ENGINEER}


def ad(
    identifier: str,
    title: str = "Svetsare",
    *,
    source: str = "dalstal/jobb",
    employer: str = "Dalstål AB",
    place: str = "Borlänge",
    text: str = SVETSARE,
    posted: int = 0,
    ends: int | None = 30,
    **more: object,
) -> JobPosting:
    """An ad published `posted` days after the start and open until `ends` days after it."""
    at = START + timedelta(days=posted)
    made = JobPosting(
        source=source,
        identifier=identifier,
        title=title,
        url=f"https://{source.replace('/', '.')}.example/jobb/{identifier}",
        retrieved_from=f"https://{source.replace('/', '.')}.example/",
        retrieved_at=at,
        hiring_organization=employer,
        job_location=(Place(name=place, locality=place),) if place else (),
        date_posted=at,
        valid_through=None if ends is None else START + timedelta(days=ends),
        description=text,
        in_language="sv",
    )
    return replace(made, **more)  # type: ignore[arg-type] # the fields of JobPosting, checked at run time
