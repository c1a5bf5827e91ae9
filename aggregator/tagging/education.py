"""The education an ad demands, from its own words: demanded apart from merely welcome, "none" only when said.

`unknown` is the answer when an ad says nothing, or only what would be welcome. It never counts as "no degree".
"""

from __future__ import annotations

import re

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging.text import Sentence, mentions, sentences

RANK = ("none", "upper-secondary", "vocational-higher", "bachelor", "master", "doctorate")
"""The levels from low to high; of several demanded with "or", the lowest is what one needs."""

LABELS = {
    "none": {"sv": "ingen utbildning krävs", "en": "no education required"},
    "upper-secondary": {"sv": "gymnasieutbildning", "en": "upper secondary"},
    "vocational-higher": {"sv": "yrkeshögskola", "en": "higher vocational"},
    "bachelor": {"sv": "kandidat- eller högskoleexamen", "en": "bachelor's degree"},
    "master": {"sv": "master- eller civilingenjörsexamen", "en": "master's degree"},
    "doctorate": {"sv": "doktorsexamen", "en": "doctorate"},
    "unknown": {"sv": "okänt utbildningskrav", "en": "education not stated"},
}

_NONE = re.compile(
    (
        r"(?:ingen|inga|inte\s+(?:någon|några)|utan)\s+(?:särskild\s+|särskilda\s+|"
        r"speciell\s+|specifik\s+|formell\s+|formella\s+|tidigare\s+|högre\s+)?"
        r"(?:för)?(?:utbildning|utbildningskrav|förkunskaper|yrkesutbildning)(?:\s+(?:eller\s+\w+\s*)?(?:"
        r"krävs|behövs|är\s+ett\s+krav|nödvändig\w*))?"
        r"|\bingen\s+(?:särskild\s+|formell\s+|viss\s+)?examen\s+(?:krävs|behövs|är\s+ett\s+krav|nödvändig\w*)"
        r"|(?<!\w)utbildning(?:en)?\s+(?:spelar\s+(?:ingen|mindre)\s+roll|är\s+(?:inte\s+avgörande|"
        r"inget\s+krav))"
        r"|(?:körkort|truckkort|ykb)\b[^.;]{0,60}\bkrävs,?\s+(?:men\s+)?ingen\s+annan\s+utbildning"
        r"|(?:utbildning|examen|utbildningen)\s+(?:krävs\s+(?:ej|inte)|behövs\s+(?:ej|"
        r"inte)|är\s+inte\s+(?:ett\s+)?(?:krav|nödvändig\w*))"
        r"|(?:du\s+behöver|behöver\s+du|krävs)\s+(?:inte|ingen)\s+(?:ha\s+)?(?:någon\s+)?(?:särskild\s+|"
        r"formell\s+|tidigare\s+)?utbildning"
        r"|vi\s+(?:har|ställer)\s+inga\s+(?:formella\s+)?(?:utbildningskrav|krav\s+på\s+(?:\w+\s+(?:eller"
        r"|och)\s+)?(?:formell\s+)?(?:för)?utbildning)"
        r"|inga\s+krav\s+på\s+(?:\w+\s+(?:eller|och)\s+)?(?:för)?utbildning"
        r"|(?:utbildning|upplärning|introduktion\s+och\s+utbildning|all\s+utbildning)\s+(?:får|"
        r"ges|sker|ingår)\s+(?:du\s+)?(?:på\s+plats|av\s+oss|på\s+arbetsplatsen|"
        r"hos\s+oss|internt)"
        r"|(?:vi\s+(?:lär\s+upp\s+dig|utbildar\s+dig|står\s+för\s+utbildningen))|"
        r"du\s+får\s+(?:den\s+|all\s+)?(?:den\s+)?(?:utbildning|upplärning)(?:\s+du\s+behöver)?\s+(?:på\s"
        r"+plats|hos\s+oss|av\s+oss)"
        r"|no\s+(?:formal\s+|specific\s+|prior\s+|previous\s+|particular\s+|special\s+)?(?:education|"
        r"degree|qualifications?|training)(?:\s+(?:is|are|or\s+\w+(?:\s+is)?))?(?:\s+(?:required|"
        r"needed|necessary))"
        r"|(?:degree|education)\s+(?:is\s+)?(?:(?:fine|nice|welcome|good|a\s+plus|an\s+advantage)\s*,?\s+but\s+)?"
        r"not\s+(?:required|needed|necessary)|"
        r"(?:you\s+do\s+not|you\s+don['’]t)\s+need\s+(?:any\s+|a\s+)?(?:formal\s+|"
        r"special\s+)?(?:education|degree|training)"
        r"|(?:full\s+|on[- ]the[- ]job\s+)training\s+(?:is\s+|will\s+be\s+)?(?:provided|"
        r"given)|we\s+(?:will\s+)?(?:train|teach)\s+you"
    ),
    re.IGNORECASE,
)
_NOT_NONE = re.compile(r"utöver|förutom|undantag|except|besides|in addition", re.IGNORECASE)

_LEVELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern, re.IGNORECASE))
    for level, pattern in (
        (
            "doctorate",
            (
                r"\b(?:doktorsexamen|disputerad\w*|filosofie doktor|teknologie doktor|ph\.?\s?d\b|"
                r"doctora(?:te|l degree)|doctor['’]s degree)"
            ),
        ),
        (
            "master",
            (
                r"\b(?:master(?:['’]?s)?(?:\s*(?:examen|degree|utbildning))?(?=\W|$)(?!\s*data)|"
                r"masterexamen|mastersexamen|magister\w*|civilingenjör(?!syrk)\w*|m\.?sc\b|"
                r"(?:läkar|tandläkar|psykolog|jurist|juris kandidat|apotekar|veterinär|arkitekt|"
                r"civilekonom|ämneslärar|gymnasielärar)(?:examen|programmet|utbildning)|"
                r"(?:leg\w*\.?\s+)(?:läkare|tandläkare|psykolog|veterinär|apotekare|psykoterapeut)|"
                r"jur\.? kand|avancerad nivå|"
                r"specialist(?:sjuksköterske)?(?:examen|utbildning)|specialistsjuksköterska|"
                r"specialistläkare|jägmästar\w*)"
            ),
        ),
        (
            "bachelor",
            (
                r"\b(?:kandidat(?:examen|utbildning)|högskole(?:examen|utbildning|ingenjör)\w*|"
                r"högskola|universitet(?:s(?:examen|utbildning)\w*)?(?=\W)|akademisk\w*\s+(?:examen|"
                r"utbildning|bakgrund)|"
                r"eftergymnasial\w*(?!\s+yrkes)|b\.?sc\b|bachelor(?:['’]?s)?|university\s+(?:degree|"
                r"education)|academic\s+(?:degree|background|education)|college degree|(?:engineering|"
                r"nursing|relevant|university|technical)\s+degree|degree\s+in|"
                r"(?:sjuksköterske|socionom|lärar|förskollärar|barnmorske|fysioterapeut|"
                r"arbetsterapeut|ekonom|grundlärar|logoped|bibliotekarie|yrkeslärar)(?:examen|"
                r"utbildning|legitimation|programmet)|"
                r"(?:lärar|förskollärar)legitimation|(?:legitimerad|leg\.?)\s+(?:sjuksköterska|"
                r"lärare|förskollärare|barnmorska|fysioterapeut|arbetsterapeut|grundskollärare|"
                r"logoped|dietist|biomedicinsk analytiker|tandhygienist)|"
                r"(?:swedish\s+)?(?:nursing|teaching)\s+(?:licen[cs]e|degree)|registered\s+nurse|"
                r"socionom(?:examen)?|utbildad\s+(?:socionom|sjuksköterska|lärare|förskollärare|"
                r"högskoleingenjör)|(?:180|210)\s*(?:hp|högskolepoäng))"
            ),
        ),
        (
            "vocational-higher",
            (
                r"\b(?:yrkeshögskol\w*|yh[- ]?(?:utbildning|examen|utbildad)\w*|\byh\b|kvalificerad yrkesutbildni"
                r"ng|ky-utbildning|eftergymnasial\w* yrkes\w*|higher vocational|vocational college|"
                r"vocational higher)"
            ),
        ),
        (
            "upper-secondary",
            (
                r"\b(?:gymnasi(?:e|um|al)\w*|gymnasieexamen|gymnasiekompetens|gymnasieutbildning|"
                r"fullständiga? gymnasie\w*|yrkesgymnasi\w*|yrkesbevis|lärlingsutbildning|"
                r"fordonsprogrammet|elprogrammet|el- och energiprogrammet|"
                r"industritekniska programmet|vård- och omsorgs(?:programmet|utbildning)|"
                r"barn- och fritidsprogrammet|naturbruksprogrammet|naturbruksgymnasi\w*|"
                r"restaurang- och livsmedelsprogrammet|bygg- och anläggningsprogrammet|"
                r"undersköterske(?:utbildning|examen)|undersköterskeutbildad|utbildad undersköterska|"
                r"utbildad (?:elektriker|kock|svetsare|barnskötare|mekaniker|snickare|vvs-montör|"
                r"plåtslagare)|barnskötarutbildning|svetsutbildning|elutbildning|kockutbildning|"
                r"(?:upper[- ])?secondary(?: school)?(?: education| diploma)?|high[- ]school(?: diploma|"
                r" education)?|vocational (?:training|education|qualification)|trade certificate|"
                r"skyddad yrkestitel)"
            ),
        ),
    )
)
_STEMS = (
    "utbild", "exam", "gymnas", "högskol", "universit", "yrkes", "yh", "legitim", "leg", "degree", "bachelor", "master",
    "ph", "doktor", "doctor", "disputer", "kandidat", "magister", "civil", "akadem", "academic", "education", "diploma",
    "skol", "school", "college", "socionom", "specialist", "registered nurse", "licen", "certificate", "program", "hp",
    "förkunskap", "upplär", "lär", "train", "teach", "qualif", "m.sc", "msc", "b.sc", "bsc", "vocational", "jägmästar",
    "jur", "avancerad", "lärling", "poäng",
)  # fmt: skip
"""Beginnings of all words the patterns above can find."""
_WORKPLACE = re.compile(
    (
        r"(?:på|vid|hos|till|för|at|our|vår|vårt|våra|inom|i|med|lär\w+\s+på)\s+(?:en\s+|"
        r"ett\s+|the\s+|a\s+|vår\w*\s+|\w+s\s+)?$|(?:lärare|undervis\w+|rektor|elever|"
        r"studenter)\b[^.]{0,40}$"
    ),
    re.IGNORECASE,
)
_WELCOME = re.compile(
    (
        r"meriterande|\bmerit\b|\bgärna\b|\bplus\b|önskvär\w*|fördel\w*|\bhelst\b|"
        r"uppskatta\w*|ses som positivt|advantage\w*|preferabl\w*|preferred|desirable|"
        r"nice to have|a bonus|welcome|beneficial|inget krav|ej krav|inte (?:ett )?krav|"
        r"not (?:a )?requirement|not required|\bej ett krav"
    ),
    re.IGNORECASE,
)
_EQUIVALENT = re.compile(
    (
        r"(?:eller|alternativt|och/eller)\s+(?:har\s+)?(?:motsvarande\s+)?(?:på\s+annat\s+sätt\s+)?(?:\w+"
        r"\s+){0,4}?(?:erfarenhet\w*|arbetslivserfarenhet\w*|yrkeserfarenhet\w*|"
        r"kunskap\w*|kompetens\w*|bakgrund|förvärvat)|"
        r"or\s+(?:an?\s+)?(?:equivalent|corresponding|similar|comparable|relevant)\s+(?:\w+\s+){0,2}?(?:e"
        r"xperience|knowledge|competence|background)"
    ),
    re.IGNORECASE,
)
_DEMAND = re.compile(
    (
        r"\bkrav\b|krävs|kräver|\bmåste\b|\bska(?:ll)?\b|\bhar\b|du är|söker dig som|"
        r"behörig\w*|utbildad|utbildning:|kvalifikation\w*|requirement\w*|required|"
        r"must|you have|you hold|you are|hold(?:s|ing)? a|need|minimum|lägst|minst|"
        r"examen|degree|legitim\w*|avslutad|genomförd|completed|fullständig"
    ),
    re.IGNORECASE,
)
_STUDYING = re.compile(
    (
        r"(?:studerar|pluggar|läser|student\w*|studier|studying|studerande|pågående|"
        r"examensarbete|internutbildning|kompetensutveckling|vidareutbildning\w*|"
        r"utbilda dig|föreläs\w*|samarbet\w*\s+med|tillsammans\s+med|partner)\b"
    ),
    re.IGNORECASE,
)
_STRICT = re.compile(r"krav|krävs|required|måste|avslutad", re.IGNORECASE)
_FINISHED = re.compile(r"examen|utbild|nivå|avslutad|fullständig|degree|krav|läst|behörighet", re.IGNORECASE)
_GRADUATED = re.compile(r"examen|utbildning|utbildad|från", re.IGNORECASE)
_DEGREE = re.compile(r"(?:['’]s)?\s*(?:of\s+\w+\s+)?(?:degree)?(?:\s+in\b)?", re.IGNORECASE)


def education_tags(posting: JobPosting, language: str, *, no_requirement: str = "") -> list[Tag]:
    """One education tag. `no_requirement` is the occupation by which JobTech's collection asks for no education; it
    gives `none` only when the ad itself names no level, and is named as the evidence.
    """
    found = _read(posting.title, "title") or _read(posting.description, "description")
    if found is None and no_requirement:
        evidence = Evidence(field="title", words=no_requirement, rule="jobtech-no-education-requirement")
        found = ("none", evidence, 0.95)
    if found is None:
        return [Tag(axis="education", code="unknown", label=_label("unknown", language), confidence=1.0)]
    level, evidence, confidence = found
    return [
        Tag(axis="education", code=level, label=_label(level, language), evidence=(evidence,), confidence=confidence)
    ]


def _label(level: str, language: str) -> str:
    return LABELS[level].get(language, LABELS[level]["en"])


def _read(text: str, field: str) -> tuple[str, Evidence, float] | None:
    """The level demanded: the highest over sentences, the lowest of alternatives inside one; None when none is."""
    demanded: tuple[str, Evidence, float] | None = None
    nothing: tuple[str, Evidence, float] | None = None
    for sentence in sentences(text):
        if not mentions(sentence.text, _STEMS):
            continue
        none = _NONE.search(sentence.text)
        if none and not _NOT_NONE.search(sentence.text):
            nothing = nothing or (
                "none",
                Evidence(field=field, words=sentence.text[:200], rule="education-not-required"),
                0.95,
            )
            continue
        level = _demanded(sentence, field)
        if level is None:
            continue
        evidence = Evidence(field=field, words=sentence.text[:200], rule="education-demanded")
        if demanded is None or RANK.index(level) > RANK.index(demanded[0]):
            demanded = (level, evidence, 0.95)
    if demanded is not None and nothing is not None and demanded[0] in ("none", "upper-secondary"):
        return demanded
    return demanded or nothing


def _demanded(sentence: Sentence, field: str) -> str | None:
    """The lowest level that a sentence demands, None when it demands none or lets experience take its place."""
    text = sentence.text
    if sentence.merit_section:
        return None
    levels = [level for clause in _clauses(text) if not _WELCOME.search(clause) for level in _named(clause)]
    listed = text.startswith(("-", "•", "*")) or len(text) < 90
    if not levels or not (field == "title" or listed or _DEMAND.search(text)) or _EQUIVALENT.search(text):
        return None
    return min(levels, key=RANK.index)


LONGEST = 2000
"""What is read of one clause, in characters; nobody writes longer ones."""


def _named(clause: str) -> list[str]:
    """The levels of education that a clause names as such."""
    if _STUDYING.search(clause) and not _STRICT.search(clause):
        return []
    levels: list[str] = []
    rest = clause = clause[:LONGEST]
    for level, pattern in _LEVELS:
        for match in list(pattern.finditer(rest)):
            if not _is_workplace(clause, match):
                levels.append(level)
            after = _DEGREE.match(rest, match.end())  # "master's degree in physics" is no "degree in" of its own
            end = after.end() if after else match.end()
            rest = rest[: match.start()] + " " * (end - match.start()) + rest[end:]
    return levels


def _is_workplace(clause: str, match: re.Match[str]) -> bool:
    """Whether "gymnasiet" or "universitetet" is where one works, not what one has finished."""
    word = match.group().casefold()
    if not word.startswith(("universitet", "gymnasi", "högskola", "university")):
        return False
    if not word.endswith(("examen", "utbildning", "nivå", "kompetens", "degree", "education")) and not _FINISHED.search(
        clause
    ):
        return True
    before = clause[max(0, match.start() - 45) : match.start()]
    return bool(_WORKPLACE.search(before)) and not _GRADUATED.search(clause)


def _clauses(text: str) -> list[str]:
    """The parts of a sentence that "gärna" or "meriterande" hold apart: "…, gärna med högskoleexamen" is its own."""
    parts = re.split(
        (
            r"(?:,|\s[-–]|\smen|\sbut|\soch|\sand)\s+(?=(?:[^,.]*(?:meriterande|merit|"
            r"plus|fördel|a bonus|preferred|advantage)\b|gärna|helst|meriterande|preferably|"
            r"ideally|men|but|och\s+gärna|det\s+är\s+meriterande|högskole\w+\s+är|det)\b)"
        ),
        text,
        flags=re.IGNORECASE,
    )
    return [part for part in parts if part]
