"""A made-up region for tests: forty varied vacancies in Swedish and English, partners, tiers and stories as the house's
own types. No company or person in it exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.model import (
    ContentKind,
    Evidence,
    JobPosting,
    Partner,
    Period,
    Place,
    Promise,
    RemoteMode,
    Story,
    Tag,
    Tier,
    Vacancy,
)
from publishers.cards import Brand
from publishers.site import SiteData

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MUNICIPALITIES = {
    "2085": "Ludvika",
    "2081": "Borlänge",
    "2080": "Falun",
    "2062": "Mora",
    "2039": "Älvdalen",
    "2021": "Vansbro",
}

SV_TEXT = """Vi söker en {title} till vår verksamhet i {place}. Du blir en del av ett lag som hjälps åt och lär av varandra.

Dina arbetsuppgifter

- planera och utföra dagens arbete tillsammans med kollegor
- hålla ordning & säkerhet på arbetsplatsen
- föreslå förbättringar

Vi söker dig som

- trivs med att arbeta praktiskt
- {demand}
- talar och skriver svenska

Arbetet är dagtid, måndag till fredag. Vi erbjuder friskvårdsbidrag, kollektivavtal och en arbetsplats nära skog och sjö.

Välkommen med din ansökan!"""

EN_TEXT = """We are looking for a {title} in {place}. You will join a team that builds things the world needs.

What you will do

- design, test and improve our products
- work with colleagues in several countries

What we ask for

- {demand}
- fluent English; Swedish is welcome but not needed

We help you and your family to move."""

# title, employer's key, municipality, ssyk, level, education, words of the demand, language
JOBS = [
    ("Svetsare", "norra", "2085", "7212", "2", "none", "ingen utbildning krävs, vi lär upp dig", "sv"),
    ("CNC-operatör", "norra", "2085", "7223", "2", "upper-secondary", "har gymnasieutbildning inom industri", "sv"),
    ("Underhållsmekaniker", "norra", "2081", "7233", "2", "upper-secondary", "har gymnasieutbildning", "sv"),
    ("Lagerarbetare", "norra", "2081", "9320", "1", "none", "ingen utbildning krävs", "sv"),
    ("Truckförare", "norra", "2085", "8344", "2", "none", "utbildning får du på plats", "sv"),
    (
        "Power Electronics Engineer",
        "volt",
        "2085",
        "2143",
        "4",
        "master",
        "a master's degree in electrical engineering",
        "en",
    ),
    (
        "Embedded Software Developer",
        "volt",
        "2085",
        "2512",
        "4",
        "bachelor",
        "a bachelor's degree in computer science",
        "en",
    ),
    ("Project Manager HVDC", "volt", "2085", "1331", "4", "bachelor", "a university degree", "en"),
    ("Elkraftingenjör", "volt", "2085", "2143", "4", "bachelor", "har högskoleexamen i elkraft", "sv"),
    (
        "Provningstekniker",
        "volt",
        "2085",
        "3113",
        "3",
        "vocational-higher",
        "har yrkeshögskoleutbildning inom el",
        "sv",
    ),
    (
        "Sjuksköterska till medicinavdelning",
        "regionen",
        "2080",
        "2221",
        "4",
        "bachelor",
        "är legitimerad sjuksköterska",
        "sv",
    ),
    (
        "Undersköterska natt",
        "regionen",
        "2062",
        "5322",
        "2",
        "upper-secondary",
        "har gymnasieutbildning inom vård",
        "sv",
    ),
    ("Specialistläkare i psykiatri", "regionen", "2080", "2212", "4", "doctorate", "är legitimerad läkare", "sv"),
    ("Vaktmästare", "regionen", "2062", "9622", "1", "unknown", "är händig", "sv"),
    ("Medicinsk sekreterare", "regionen", "2081", "4117", "2", "unknown", "är noggrann", "sv"),
    (
        "Lärare i matematik och NO, årskurs 7–9",
        "kommunen",
        "2039",
        "2341",
        "4",
        "bachelor",
        "har lärarlegitimation",
        "sv",
    ),
    ("Barnskötare", "kommunen", "2039", "5311", "2", "upper-secondary", "har gymnasieutbildning som barnskötare", "sv"),
    ("Samhällsbyggnadsförvaltningschef", "kommunen", "2039", "1290", "4", "unknown", "har ledarerfarenhet", "sv"),
    ("Personlig assistent till aktiv ung man", "kommunen", "2021", "5343", "2", "none", "ingen utbildning krävs", "sv"),
    ("Kock till skolkök", "kommunen", "2021", "5120", "2", "unknown", "älskar mat", "sv"),
    (
        "Skidinstruktör säsong 2026/2027",
        "fjallet",
        "2039",
        "3422",
        "3",
        "none",
        "inga formella krav, vi utbildar dig",
        "sv",
    ),
    ("Ski Instructor", "fjallet", "2039", "3422", "3", "none", "no formal education is required", "en"),
    ("Receptionist till fjällhotell", "fjallet", "2039", "4222", "2", "none", "ingen utbildning krävs", "sv"),
    ("Pistmaskinförare", "fjallet", "2039", "8342", "2", "unknown", "har B-körkort", "sv"),
    ("Housekeeping Staff", "fjallet", "2039", "9111", "1", "none", "no education needed", "en"),
    ("Systemutvecklare .NET", "bitar", "2081", "2512", "4", "unknown", "har några års erfarenhet", "sv"),
    ("Frontend Developer (React)", "bitar", "2081", "2513", "4", "unknown", "some years of experience", "en"),
    ("IT-supporttekniker", "bitar", "2080", "3512", "3", "upper-secondary", "har gymnasieutbildning", "sv"),
    ("Data Engineer", "bitar", "2080", "2512", "4", "master", "a master's degree", "en"),
    ("Scrum Master", "bitar", "2081", "2511", "4", "unknown", "experience of agile work", "en"),
    (
        "Skogsmaskinförare",
        "skog",
        "2021",
        "8341",
        "2",
        "upper-secondary",
        "har naturbruksgymnasium eller motsvarande",
        "sv",
    ),
    ("Virkesköpare", "skog", "2062", "3324", "3", "bachelor", "är skogsmästare eller jägmästare", "sv"),
    ("Plantör sommar", "skog", "2021", "9215", "1", "none", "ingen utbildning krävs", "sv"),
    ("Processoperatör sågverk", "skog", "2062", "8141", "2", "none", "vi lär upp dig på plats", "sv"),
    ("Elektriker", "skog", "2062", "7411", "2", "upper-secondary", "har elutbildning från gymnasiet", "sv"),
    ("Redovisningsekonom", "bank", "2080", "2411", "4", "bachelor", "har ekonomexamen", "sv"),
    ("Kundrådgivare", "bank", "2080", "3311", "3", "unknown", "gillar att möta kunder", "sv"),
    ("Städare", "bank", "2081", "9111", "1", "none", "ingen utbildning krävs", "sv"),
    ("Jurist", "bank", "2080", "2611", "4", "master", "har juristexamen", "sv"),
    ('Lokförare & instruktör <tågtrafik> "Dalabanan"', "bank", "2081", "8311", "2", "unknown", "är lugn", "sv"),
]

PARTNERS = (
    ("norra", "Norra Mekaniska AB", "guld", ("2085", "2081")),
    ("volt", "Voltverket Sweden AB", "guld", ("2085",)),
    ("regionen", "Region Exempel", "silver", ("2080", "2062")),
    ("kommunen", "Älvdalens exempelkommun", "silver", ("2039", "2021")),
    ("fjallet", "Fjället Drift AB", "brons", ("2039",)),
    ("bitar", "Bitar & Bytes", "brons", ("2081", "2080")),
    ("skog", "Skogsbolaget Granen", "silver", ("2021", "2062")),
    ("bank", "Bankföreningen", "brons", ("2080",)),
)
NAMES = {key: name for key, name, _, _ in PARTNERS}


def tag(axis: str, code: str, label: str = "", words: str = "", confidence: float = 1.0) -> Tag:
    evidence = (Evidence(field="description", words=words, rule="test"),) if words else ()
    return Tag(axis=axis, code=code, label=label or code, evidence=evidence, confidence=confidence)


def vacancy(number: int = 0, **changes: Any) -> Vacancy:
    """The `number`th vacancy; `changes` are of the lead posting unless the vacancy itself has such a field."""
    title, partner, place, ssyk, level, education, demand, language = JOBS[number % len(JOBS)]
    text = SV_TEXT if language == "sv" else EN_TEXT
    opened = NOW - timedelta(hours=7 * number + 3)
    identifier = str(1000 + number)
    lead = JobPosting(
        source=f"{partner}/jobb",
        identifier=identifier,
        title=title,
        url=f"https://jobb.{partner}.example/annons/{identifier}",
        apply_url=f"https://jobb.{partner}.example/sok/{identifier}?lang={language}&x=1",
        retrieved_from=f"https://jobb.{partner}.example/",
        retrieved_at=opened,
        hiring_organization=NAMES[partner],
        job_location=(Place(name=MUNICIPALITIES[place], locality=MUNICIPALITIES[place], country="SE"),),
        job_location_type=RemoteMode.HYBRID if number % 9 == 6 else None,
        employment_type=("FULL_TIME",) if number % 4 else ("PART_TIME", "TEMPORARY"),
        date_posted=opened - timedelta(hours=5),
        valid_through=None
        if number % 11 == 7
        else datetime(2026, 12, 3, 22, 59, 59, tzinfo=UTC) + timedelta(days=number),
        description=text.format(
            title=title.lower() if language == "sv" else title, place=MUNICIPALITIES[place], demand=demand
        ),
        in_language=language,
        total_job_openings=2 if number % 5 == 0 else None,
    )
    tags = [
        tag("municipality", place, MUNICIPALITIES[place]),
        tag("county", "20", "Dalarnas län"),
        tag("ssyk", ssyk),
        tag("skill_level", level),
        tag("education", education, words=demand if education != "unknown" else ""),
        tag("language", language),
    ]
    of_lead = {
        name: value for name, value in changes.items() if name in JobPosting.__dataclass_fields__ and name != "title"
    }
    of_vacancy = {name: value for name, value in changes.items() if name not in of_lead}
    lead = replace(lead, **of_lead, **({"title": changes["title"]} if "title" in changes else {}))
    made = Vacancy(
        id=f"v{number:03d}k",
        partner=partner,
        title=lead.title,
        lead=lead,
        postings=(lead,),
        tags=tuple(tags),
        opened_at=opened,
    )
    return replace(made, **of_vacancy)


def vacancies() -> tuple[Vacancy, ...]:
    """All forty; two are closed, one is open but past its deadline, one is wholly remote."""
    made = [vacancy(number) for number in range(len(JOBS))]
    made[3] = replace(made[3], open=False, closed_at=NOW - timedelta(days=1), close_reason="gone from its source")
    made[14] = replace(made[14], open=False, closed_at=NOW - timedelta(days=2), close_reason="gone from its source")
    made[19] = vacancy(19, valid_through=NOW - timedelta(hours=2))
    made[26] = vacancy(26, job_location_type=RemoteMode.REMOTE)
    return tuple(made)


def partners() -> tuple[Partner, ...]:
    return tuple(
        Partner(
            key=key,
            name=name,
            tier=tier,
            website=f"https://www.{key}.example/",
            places=places,
            presentation={
                "sv": f"{name} finns mitt i regionen. Hos oss arbetar människor med olika bakgrund sida vid sida.\n\nVi lär upp våra egna och söker dig som vill stanna länge.",
                "en": f"{name} stands in the middle of the region. People of many backgrounds work here side by side.\n\nWe train our own and look for you who want to stay.",
            },
        )
        for key, name, tier, places in PARTNERS
    )


def tiers() -> tuple[Tier, ...]:
    promise = (Promise(content=ContentKind.VACANCY, posts=4, per=Period.MONTH),)
    return tuple(
        Tier(key=key, name={"sv": key.capitalize()}, fee=fee, promises=promise)
        for key, fee in (("silver", 75_000), ("guld", 200_000), ("brons", 25_000))
    )


def stories() -> tuple[Story, ...]:
    return (
        Story(
            key="skog",
            title={"sv": "Skogen börjar där gatan slutar", "en": "The forest begins where the street ends"},
            text={
                "sv": "Efter jobbet är det nära till spåret, sjön och tystnaden.",
                "en": "After work the track, the lake and the silence are near.",
            },
        ),
        Story(
            key="trygghet",
            title={"sv": "Barnen cyklar själva till skolan", "en": "Children cycle to school on their own"},
            text={
                "sv": "Här känner grannarna varandra.\n\nDet märks i vardagen.",
                "en": "Neighbours know each other here.\n\nYou notice it every day.",
            },
            link="https://www.region.example/trygghet",
        ),
        Story(
            key="hus",
            title={"sv": "Råd med ett eget hus", "en": "A house of your own"},
            text={
                "sv": "Många som flyttar hit byter lägenheten mot ett hus med trädgård.",
                "en": "Many who move here trade the flat for a house with a garden.",
            },
        ),
    )


def site_data(**changes: Any) -> SiteData:
    """The region's site as it stands at `NOW`."""
    data = SiteData(
        key="exempeldalarna",
        name={"sv": "Exempeldalarna", "en": "Sample Dalarna"},
        languages=("sv", "en"),
        time_zone="Europe/Stockholm",
        brand=Brand(primary="#0b3954", accent="#f2b134"),
        address="https://jobb.exempel.example",
        title={"sv": "Jobb i Exempeldalarna", "en": "Jobs in Sample Dalarna"},
        intro={
            "sv": "Nära till jobbet, nära till skogen. Här finns lediga jobb hos arbetsgivare som vill att du flyttar hit – många utan krav på examen.",
            "en": "Close to work, close to the forest. Openings at employers who want you to move here, many without a degree.",
        },
        generated_at=NOW,
        vacancies=vacancies(),
        partners=partners(),
        tiers=tiers(),
        stories=stories(),
        municipalities=dict(sorted(MUNICIPALITIES.items(), key=lambda item: item[1])) | {"2029": "Leksand"},
        aliases={"old123": "v000k", "older1": "old123", "lost99": "nowhere"},
        operator="Exempelregionens kontor",
    )
    return replace(data, **changes)
