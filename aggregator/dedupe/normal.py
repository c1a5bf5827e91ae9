"""Words of an ad as linking compares them: addresses, references, employers, titles and places made plain."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

TRACKING = re.compile(
    r"utm_\w+|[a-z]{2,3}clid|promotion|src|source|ref|referrer|referer|trid|trk|tracking\w*|campaign\w*|medium|jobpipeline|"
    r"mc_[ce]id|_ga|igshid|rx_\w+|lang|language|locale|from|via|channel|share\w*|board|partner|cmp|cid_src|s_cid|pk_\w+"
)
"""Query parameters that tell where a reader came from and not which ad it is; copies on Platsbanken carry
`promotion`."""

_WORD = re.compile(r"[^\W_]+")
_ID = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_DOINGS = frozenset({"apply", "application", "applications", "new", "ansok", "ansök", "sok", "login", "register"})


def words(text: str) -> list[str]:
    """Words of a text in lower case, letters and digits only."""
    return _WORD.findall(text.casefold())


class _Hashes(dict[str, int]):
    """Words as 32 bits, the same in every process, each worked out once."""

    def __missing__(self, word: str) -> int:
        if len(self) > 500_000:  # words are few; what fills a table like this is junk
            self.clear()
        found = self[word] = zlib.crc32(word.encode())
        return found


_HASHES = _Hashes()


def word_hashes(said: list[str]) -> list[int]:
    """Each word as 32 bits, the same in every process."""
    return list(map(_HASHES.__getitem__, said))


def address(url: str) -> str:
    """An address without scheme, `www.`, tracking parameters, fragment and trailing slash; "" when it is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if not host or parts.scheme.lower() not in {"http", "https"}:
        return ""
    query = sorted(
        (name.casefold(), value) for name, value in parse_qsl(parts.query) if not TRACKING.fullmatch(name.casefold())
    )
    path = unquote(parts.path).rstrip("/")
    tail = "&".join(f"{name}={value}" for name, value in query)
    return f"{host}{path}?{tail}" if tail else f"{host}{path}"


def job_id(plain: str) -> str:
    """The job system's own number in a plain address with its host (`jobb.ex.se/123456`), the same on the ad's page and
    on its form; "" when there is none. An address without a number may stand under many ads.
    """
    host, _, rest = plain.partition("/")
    found = ""
    for part in re.split(r"[/?&=]", rest):
        number = _ID.search(part)
        if number and part.casefold() not in _DOINGS:
            found = number.group().casefold()
    return f"{host}/{found}" if found else ""


_LISTS = re.compile(
    r"(?:lediga|jobb\w*|jobs?|careers?|karriar|karriär|vacanc\w*|tjanster|tjänster|open|positions?|work|arbeta|hos|oss|with|"
    r"us|join|hiring|apply|ansok\w*|ansök\w*|form|formular|index|start|home|hem|html?|php|aspx?|[-_. ])+"
)


def own_page(plain: str) -> str:
    """A plain address if it can be one ad's own page: it has a number or a name of its own at the end. A site's front
    page, a list of vacancies or a form for all of them is nobody's own.
    """
    last = plain.partition("?")[0].rpartition("/")[2].casefold()
    if job_id(plain) or ("/" in plain and len(last) >= 6 and not _LISTS.fullmatch(last)):
        return plain
    return ""


def reference(text: str) -> str:
    """A reference number as letters and digits in upper case; "" for what is too short to tell anything."""
    plain = re.sub(r"[^0-9A-ZÅÄÖ]", "", text.upper())
    return plain if len(plain) >= 3 and any(sign.isdigit() for sign in plain) else ""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL = _set(
    "ab aktiebolag publ hb kb ek för förening ltd limited plc inc llc gmbh as asa oy oyj aps uk sverige sweden "
    "official nhs foundation trust ft the of and och i på group koncernen koncern kommun kommunen region stad stads"
)
"""Words of a name that copies add, drop or translate: legal forms, countries, kinds of public body."""

AGENCIES = _set(
    "adecco manpower randstad academicwork poolia experis uniflex proffice lernia bemannia studentconsulting clockwork "
    "jurek ogunsen wise dfind lernia simplex logent jobzone jobandtalent ranstad framtiden nexer skillpartner hays "
    "michaelpage avanza ingenjorsgruppen tng wikan perido effektiv barona staffgroup oiorekryteringochbemanning"
)
"""Staffing and recruitment agencies known in Sweden, their names written together."""

_AGENCY_WORDS = re.compile(r"bemanning|rekryter|staffing|recruit|personal(?:partner|uthyrning)|academic work|talent")


@lru_cache(maxsize=50_000)
def employer(name: str) -> frozenset[str]:
    """The words of an employer's name that tell it from others; all of them when nothing would be left."""
    said = words(name)
    return frozenset(word for word in said if word not in LEGAL) or frozenset(said)


_CLIENT = re.compile(
    r"\b(?:för|åt|på uppdrag av|till|hos) (?:vår|våra|en|ett|kunds?)\b.{0,40}?\b(?:kund\w*|räkning|uppdragsgivare)\b"
    r"|\b(?:vår|our) (?:kund|client|customer)\b|\b(?:for|behalf of) (?:a|our) (?:client|customer|partner)\b"
    r"|\bclient assignment\b|\b(?:bemannings|konsult|rekryterings)(?:företag|bolag|uppdrag)\b"
    r"|\bstaffing (?:company|and)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)
def agency(name: str) -> bool:
    """Whether an employer is a staffing or recruitment agency, by its name."""
    joined = "".join(words(name))
    return any(joined.startswith(one) for one in AGENCIES) or bool(_AGENCY_WORDS.search(name.casefold()))


def for_a_client(text: str) -> bool:
    """Whether an ad says in its first lines that somebody else than the employer advertises."""
    return bool(_CLIENT.search(text[:400]))


_GENDER = re.compile(r"\(?\b(?:[mkfhwvd]\s?/\s?){1,2}[mkfhwvdx]\b\)?", re.IGNORECASE)
_PERCENT = re.compile(r"\b\d{1,3}(?:\s?[-–]\s?\d{1,3})?\s?(?:%|procent\b)")
_NOISE = _set(
    "new urgent nyhet ny nytt akut snarast omgående vi söker sökes söks till our we are looking for a an the and och "
    "i in at på for of to & med or eller job jobb tjänst vacancy position"
)

LEVELS = _set(
    "senior sr junior jr lead ledande head deputy biträdande bitr assistant assisterande principal chief chef chefs "
    "vice trainee praktikant intern lärling apprentice ställföreträdande erfaren experienced associate director "
    "manager specialist gruppledare teamleader teamledare huvud ansvarig samordnare överläkare"
)
SHIFTS = _set(
    "night nights day days evening evenings weekend weekends natt nätter dag kväll kvällar helg helger dagtid nattetid "
    "nattskift dagskift kvällsskift 2skift 3skift part full deltid heltid vikariat vikarie sommar summer permanent "
    "tillsvidare temporary bank locum timanställd timvikarie extra säsong seasonal"
)
COMPASS = _set("norr norra söder södra öster östra öst väster västra väst nord syd centrum north south east west")
"""Words that tell one unit from its neighbour, as numbers and single letters do."""

_COMPOUND = re.compile(r"(natt|kvälls?|helg|sommar|vice|säsongs?|tim)(?=\w{5,})")
"""Swedish writes the shift or level together with the job: `nattsjuksköterska`."""


SHORT_FOR = {
    "sr": "senior",
    "jr": "junior",
    "mgr": "manager",
    "asst": "assistant",
    "bitr": "biträdande",
    "stf": "ställföreträdande",
    "tf": "tillförordnad",
    "avd": "avdelning",
    "ssk": "sjuksköterska",
    "usk": "undersköterska",
    "spec": "specialist",
    "eng": "engineer",
    "dev": "developer",
    "admin": "administrator",
    "nights": "night",
    "days": "day",
    "evenings": "evening",
    "weekends": "weekend",
    "nätter": "natt",
    "nattetid": "natt",
    "dagtid": "dag",
    "kvällar": "kväll",
    "helger": "helg",
}
"""Short and other forms of words that titles often have."""


@lru_cache(maxsize=100_000)
def title(text: str) -> tuple[str, ...]:
    """Words of a title without gender marks, percentages and noise, in order; a shift written together with the job is
    set apart.
    """
    plain = _PERCENT.sub(" ", _GENDER.sub(" ", text))
    found: list[str] = []
    for word in words(plain.replace("&", "and")):
        compound = _COMPOUND.match(word)
        if compound:
            found += [compound.group(1).rstrip("s"), word[compound.end() :]]
        elif word not in _NOISE:
            found.append(SHORT_FOR.get(word, word))
    return tuple(found)


_COUNTRY = _set("uk england scotland wales sverige sweden se united kingdom norway norge län county kommun")


@lru_cache(maxsize=50_000)
def place(text: str) -> frozenset[str]:
    """Words of a place without postal codes, countries and `kommun` or `län`."""
    kept = (word for word in words(re.sub(r"\bs[e-]+\s?(?=\d)", " ", text, flags=re.IGNORECASE)))
    return frozenset(
        word.removesuffix("s") if len(word) > 4 else word
        for word in kept
        if word not in _COUNTRY and not any(sign.isdigit() for sign in word)
    )
