"""Contact persons out of running text, so that nobody's name, number or address is stored or published.

`scrub` finds telephone numbers, e-mail addresses and personal identity numbers by their form, and names by what
stands around them: a number or address close by, a phrase that introduces a contact ("kontakta", "rekryterande
chef:", a trade union's name, "please contact"), or a common first name. Company switchboards and addresses that
belong to a role (jobb@, rekrytering@, info@) stay. What is removed leaves an ellipsis, so that the sentence still
reads as one with something left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from aggregator.tagging.contact_words import NOT_NAMES, ORG_ENDINGS, ORG_WORDS, ROLE_ENDINGS
from aggregator.tagging.first_names import first_names

GAP = "…"
"""What stands where something was taken out."""

_SPACE = r"[ \t\u00a0\u202f]"
_UPPER = "A-ZÀ-ÖØ-ÞĀĆČĎĐĒĖĘĚĞĢĪİĶĻŁŃŅŇŌŐŒŘŚŞŠŤŪŮŰŸŹŻŽ"

_EMAIL = re.compile(
    r"(?:mailto:)?[\w.+%'-]+\s?(?:@|\((?:at|a|snabel-a)\)|\[(?:at|a)\])\s?[\w-]+(?:\s?\(dot\)\s?[\w-]+|\.[\w-]+)+",
    re.IGNORECASE,
)
_EMAIL_SIGN = re.compile(r"@|[(\[](?:at|a|snabel-a)[)\]]", re.IGNORECASE)
LONGEST_LOCAL = 65
LONGEST_DOMAIN = 120
"""How much of the text before and after an @ may belong to an address, in characters; RFC 5321 allows 64 before it."""
_PROFILE = re.compile(r"(?:https?://)?(?:\w+\.)?linkedin\.com/in/[\w%-]+/?", re.IGNORECASE)
_PHONE = re.compile(
    rf"(?<![\w+])(?<!\d[-/.,:–])(?:(?:\+|00)[1-9]\d{{0,2}}(?:{_SPACE}?\(0\))?|\(?0[1-9]\d{{0,2}}\)?)"
    rf"(?:(?:{_SPACE}|[./–‑-]){{0,3}}\d){{5,11}}(?!\d)"
)
_NUMBERS = re.compile(r"[+(]?\d[\d \t\u00a0\u202f()./–‑-]{4,}\d")
_UNPREFIXED = re.compile(r"[1-9]\d(?:[ \u00a0-]?\d){4,9}(?!\d|[:.-]\d)")
_PHONE_LABEL = re.compile(
    r"\b(?:tel(?:efon)?(?:nummer|nr)?|tfn|tlf|mobil(?:nummer|nr|telefon)?|mob|(?:tele)?phone|cell|direkt(?:nummer|nr)|"
    rf"sms(?:a)?|ring|call){_SPACE}*[.:]*{_SPACE}*$",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?<![\d-])(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])(?P<sign>[-+–]?)\d{4}(?![\w-])"
)
_REFERENCE = re.compile(
    r"\b(?:ref\w*|dnr|diarien\w*|org\w*|ärende\w*|annons\w*|kod|bankgiro|bg|plusgiro|pg|id|case|job\s?id|number)\W{0,6}"
    r"(?:nr|nummer|no|id)?\W{0,4}$",
    re.IGNORECASE,
)
_SWITCHBOARD = re.compile(
    r"\b(?:växel\w*|vxl|switchboard|kundtjänst\w*|kundservice|kundcenter|kontaktcenter|customer service|reception\w*|"
    r"huvudnummer|main (?:number|line)|servicecenter)\b[^\n]{0,25}$",
    re.IGNORECASE,
)
_HOURS = re.compile(r"^[012]?\d[.\s]?[0-5]\d\s*[-–‑]\s*[012]?\d[.\s]?[0-5]\d$")
_DATE = re.compile(r"^[0-3]\d[-/.][01]\d[-/.](?:19|20)\d\d")

_ROLE = re.compile(
    r"(?:^|[._+-])(?:jobb\w*|jobs?|rekryt\w*|recruit\w*|careers?|karri\w*|info\w*|hr|hrm|personal\w*|kontakt\w*|contact|"
    r"kund\w*|support|office|kansli\w*|reception\w*|vaxel\w*|växel\w*|registrator\w*|ans[oö]k\w*|apply|applications?|"
    r"talent\w*|work\w*|kommun\w*|region\w*|post\w*|mail|bemanning\w*|staffing|people|hello|hej|admin\w*|order|sales|"
    r"salj|press|sommarjobb\w*|praktik\w*|cv|medborgar\w*|service\w*|gdpr|dpo|dataskydd\w*|team\w*|lediga\w*|booking|"
    r"bokning|hotell?|butik\w*|skola\w*|expedition\w*|noreply|no-reply|enquiries|student\w*)(?:$|[._+\d-])",
    re.IGNORECASE,
)

_WORD = rf"(?:[{_UPPER}][\w'’]*(?:[-‑]\w+)*|[{_UPPER}]\.)"
_PARTICLE = r"(?:von|af|de|der|den|van|da|dos|di|la|le|el|al|bin|ibn|zu)"
_RUN = re.compile(rf"(?<![\w'’.@-]){_WORD}(?:{_SPACE}(?:{_PARTICLE}{_SPACE}){{0,2}}{_WORD})*")
_RUN_WORD = re.compile(_WORD)

_CUE = re.compile(
    rf"""\b(?:
      kontakta | kontaktperson\w* | kontakter? | (?:hör{_SPACE}(?:gärna{_SPACE})?av{_SPACE}(?:dig|er)){_SPACE}till
    | (?:frågor|upplysningar|information|undrar)\b[^.\n…]{{0,60}}?\b(?:av|till|med|från|by|from|to|of)
    | vänd{_SPACE}dig{_SPACE}till | ring(?:a)? | mejla | maila | e-?posta | prata{_SPACE}med
    | nå(?:s|r){_SPACE}(?:via{_SPACE})? | besvaras{_SPACE}av
    | \w*(?:chef|chefen|ansvarig|rekryterare|rekryteraren|handläggare|rektor|konsult|direktör|ledare|samordnare
      |koordinator)
      (?:{_SPACE}är)?
    | fackli\w+{_SPACE}\w+ | \w*representant\w* | skyddsombud | ombud
    | contact(?:{_SPACE}person)?s? | reach{_SPACE}out{_SPACE}to | get{_SPACE}in{_SPACE}touch{_SPACE}with
    | e-?mail | call
    | (?:hiring|recruiting|line|site|plant|hr|people){_SPACE}manager | recruiter | recruitment{_SPACE}\w+
    | talent{_SPACE}(?:acquisition{_SPACE})?(?:partner|manager|specialist) | speak{_SPACE}(?:to|with) | union{_SPACE}\w+
    | unionen | ledarna | kommunal | vision | saco(?:-s)? | akademikerna | ssr | vårdförbundet | ingenjörer | lärare
    | lärarförbundet | metall | if{_SPACE}metall | seko | naturvetarna | dik | byggnads | elektrikerna | transport
    | handels | läkarförbundet | sveriges{_SPACE}\w+ | facket | fysioterapeuterna
    | ofr\w* | st | gs
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(r"^[\s:,;–‑/(-]*(?:[a-zåäöé]+(?:[-/][\wåäöé]+)?[\s:,–-]+){0,6}[\s:–(-]*$")

_ORG_AFTER = re.compile(
    rf"^(?:s?{_SPACE}+(?:gata|väg|plats|torg|gymnasium|skola|gränd|park|församling|minne|stiftelse|bygg|& |"
    r"och söner|ab\b|kyrka|sjukhus|museum)|[&@])",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\s…]+(?=[^\W\da-zåäö_])")
_LABELS_ONLY = re.compile(
    rf"^(?:{_SPACE}|[-–•*·|,;:.()/{GAP}]|\b(?:tel|telefon|tfn|mobil|e-?post|e-?mail|mejl|phone|mobile|cell|direkt|och|and|"
    r"eller|or)\b)*$",
    re.IGNORECASE,
)
_GAPS = re.compile(rf"{GAP}(?:[ \t,;/|–-]*{GAP})+")
_TIDY = ((re.compile(rf"\({_SPACE}*{GAP}{_SPACE}*\)"), GAP), (re.compile(rf"{GAP}\.(?!\w)"), GAP))
_FOLD = str.maketrans("åäáàâãæöøóôéèêëüúíñç", "aaaaaaaooooeeeeuuinc")

_JOINT = re.compile(r"^[\s\d+()./,–-]{0,30}(?:,|\b(?:och|eller|samt|and|or)\b|&|/)\s*$", re.IGNORECASE)

NEAR = 120
"""How far before a number or address, in characters on its line, the name it belongs to is looked for."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A piece of a contact person's details, `text[start:end]`: `email`, `phone`, `identity`, `profile` or `name`."""

    start: int
    end: int
    kind: str


class _Run(NamedTuple):
    """Capitalised words in a row that could be a name."""

    start: int
    end: int
    words: tuple[str, ...]
    known: bool
    organisation: bool


def scrub(text: str) -> str:
    """`text` without contact persons' names, telephone numbers, e-mail addresses and personal identity numbers.

    Running it again changes nothing. Never raises; a text without contacts comes back as it is.
    """
    while found := find_contacts(text):
        text = _without(text, found)
    return text


def find_contacts(text: str) -> tuple[Contact, ...]:
    """What `scrub` would take out, in the order of the text, not overlapping."""
    details = _details(text)
    tokens = _name_tokens(text, details)
    runs = _runs(text, single=bool(tokens))
    names = _beside_details(text, runs, details, tokens)
    names |= _after_cues(text, runs)
    names |= {i for i, run in enumerate(runs) if _stands_alone(text, run, tokens)}
    if names:
        names |= _joined(text, runs, names)
        names |= _again(runs, names, tokens)
    found = details + [Contact(runs[i].start, runs[i].end, "name") for i in names]
    found.sort(key=lambda contact: (contact.start, -contact.end))
    kept: list[Contact] = []
    for contact in found:
        if not kept or contact.start >= kept[-1].end:
            kept.append(contact)
    return tuple(kept)


# --- numbers and addresses -----------------------------------------------------------------------------------------


def _details(text: str) -> list[Contact]:
    found: list[Contact] = []
    end = 0
    for sign in _EMAIL_SIGN.finditer(text):
        if sign.start() < end:
            continue
        match = _EMAIL.search(text, max(end, sign.start() - LONGEST_LOCAL), sign.end() + LONGEST_DOMAIN)
        if match:
            end = match.end()
            if not _is_role(match.group()):
                found.append(Contact(match.start(), end, "email"))
    if "linkedin.com/in/" in text:
        found += [Contact(m.start(), m.end(), "profile") for m in _PROFILE.finditer(text)]
    for numbers in _NUMBERS.finditer(text):
        if not _HOURS.match(numbers.group().strip()):
            found += _numbers(text, numbers.start(), numbers.end())
    found.sort(key=lambda contact: (contact.start, -contact.end))
    return [c for i, c in enumerate(found) if not i or c.start >= found[i - 1].end]


def _numbers(text: str, low: int, high: int) -> list[Contact]:
    """Identity numbers and telephone numbers in a stretch of digits and separators."""
    found = [
        Contact(m.start(), m.end(), "identity") for m in _IDENTITY.finditer(text, low, high) if _is_identity(text, m)
    ]
    for match in _PHONE.finditer(text, low, high):
        end = _phone_end(text, match.start(), match.end())
        if end:
            found.append(Contact(match.start(), end, "phone"))
    unprefixed = None if found else _UNPREFIXED.match(text, low)
    if unprefixed:
        line = max(text.rfind("\n", 0, low) + 1, low - 40)
        if _PHONE_LABEL.search(text[line:low]) and not _SWITCHBOARD.search(text[line:low]):
            found.append(Contact(low, unprefixed.end(), "phone"))
    return found


def _is_role(address: str) -> bool:
    """Whether an address belongs to an organisation: a role word in it, or the domain's own name."""
    local, _, domain = address.removeprefix("mailto:").partition("@")
    if not domain:
        return False
    local = local.strip().casefold()
    if local == domain.strip().casefold().split(".")[0]:
        return True
    return bool(_ROLE.search(local)) and not any(
        part.capitalize() in first_names() for part in re.split(r"[._+-]", local)
    )


def _is_identity(text: str, match: re.Match[str]) -> bool:
    """A date with four digits after it; unhyphenated, or where a reference is announced, only with a right check digit.

    The check digit is Luhn's over the last ten digits.
    """
    if match["sign"] and not _REFERENCE.search(text, max(0, match.start() - 30), match.start()):
        return True
    digits = [int(char) for char in match.group() if char.isdigit()][-10:]
    doubled = (digit * (2 - i % 2) for i, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _phone_end(text: str, start: int, end: int) -> int:
    """Where the number really ends, 0 when it is none: hours, a date, a reference, a switchboard."""
    number = text[start:end]
    if _HOURS.match(number) or _DATE.match(number):
        return 0
    digits = sum(char.isdigit() for char in number)
    national = not number.startswith(("+", "00"))
    plain = "".join(char for char in number if char.isdigit())
    most = 10 if national else 15
    while digits > most:  # a following number was taken for a part of this one
        end -= 1
        digits -= text[end].isdigit()
        while end > start and not text[end - 1].isdigit():
            end -= 1
    if digits < (8 if plain.startswith("08") or not number[:4].isdigit() else 9):
        return 0
    if national and plain.startswith(("020", "077")):  # freephone and shared-cost numbers belong to organisations
        return 0
    before = max(0, start - 45)
    line = max(before, text.rfind("\n", before, start) + 1)
    if _SWITCHBOARD.search(text[line:start]) or _REFERENCE.search(text[line:start]):
        return 0
    return end


# --- names ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    return word.casefold().translate(_FOLD)


def _runs(text: str, *, single: bool) -> list[_Run]:
    """Every row of capitalised words, cut at words that are no names; words alone if known as names or `single`."""
    return [
        _Run(match.start() + start, match.start() + end, words, known, organisation)
        for match in _RUN.finditer(text)
        for start, end, words, known, organisation in _split(match.group())
        if known or single or len(words) > 1
    ]


@lru_cache(maxsize=16384)
def _split(row: str) -> tuple[tuple[int, int, tuple[str, ...], bool, bool], ...]:
    """A row of capitalised words as what could be names: start, end, words, first name known, names a firm."""
    found: list[tuple[int, int, tuple[str, ...], bool, bool]] = []
    words: list[re.Match[str]] = []
    for word in (*_RUN_WORD.finditer(row), None):
        if word is not None and _is_name_word(word.group()):
            words.append(word)
            continue
        if words:
            names = tuple(word.group() for word in words)
            first = names[0].split("-")[0]
            known = first in first_names() or (first.isupper() and first.capitalize() in first_names())
            organisation = any(_is_organisation(name) for name in names)
            found.append((words[0].start(), words[-1].end(), names, known, organisation))
        words = []
    return tuple(found)


def _is_name_word(word: str) -> bool:
    low = word.casefold()
    if low in NOT_NAMES or low.endswith(ROLE_ENDINGS) or any(char.isdigit() or char == "_" for char in word):
        return False
    return not (len(word) > 1 and word.isupper() and word.capitalize() not in first_names() and len(word) <= 3)


def _is_organisation(word: str) -> bool:
    low = word.casefold()
    return low in ORG_WORDS or low.endswith(ORG_ENDINGS)


def _name_tokens(text: str, details: list[Contact]) -> frozenset[str]:
    """What the personal addresses say of their owners' names: anna.svensson@… gives {anna, svensson}."""
    tokens: set[str] = set()
    for contact in details:
        if contact.kind == "email":
            local = re.split(r"[@(\[]", text[contact.start : contact.end].removeprefix("mailto:"))[0]
            tokens.update(_fold(part) for part in re.split(r"[\W\d_]+", local) if len(part) > 1)
    return frozenset(tokens)


def _matches(run: _Run, tokens: frozenset[str]) -> bool:
    return bool(tokens) and any(_fold(part) in tokens for word in run.words for part in word.split("-"))


def _beside_details(text: str, runs: list[_Run], details: list[Contact], tokens: frozenset[str]) -> set[int]:
    """The names that numbers and addresses belong to: before them on the line or on the lines above, or right after."""
    names: set[int] = set()
    starts = [run.start for run in runs]
    for contact in details:
        if contact.kind == "identity":
            continue
        low = _look_back_to(text, contact.start)
        near = range(bisect_right(starts, low - 1), bisect_right(starts, contact.start))
        names |= _owners(text, runs, [i for i in near if runs[i].end <= contact.start], tokens)
        after = bisect_right(starts, contact.end - 1)
        if after < len(runs) and re.fullmatch(r"[ \t(,–/-]{1,4}", text[contact.end : runs[after].start]):
            run = runs[after]
            if (run.known or _matches(run, tokens)) and not run.organisation:
                names.add(after)
    return names


def _look_back_to(text: str, position: int) -> int:
    """From where a name may belong to a detail at `position`: its sentence, or up to three short lines above it."""
    line = text.rfind("\n", 0, position) + 1
    low = max(line, position - NEAR)
    for end in _SENTENCE_END.finditer(text, low, position):
        low = end.end()
    if low == line and position - line < 40:
        for _ in range(3):
            above = text.rfind("\n", 0, max(0, line - 1)) + 1
            if line == 0 or not 0 < line - 1 - above <= 60:
                break
            line = low = above
    return low


def _owners(text: str, runs: list[_Run], near: list[int], tokens: frozenset[str]) -> set[int]:
    """Of the runs near a detail, those with a known first name or found in an address; failing these, the likeliest."""
    able = [i for i in near if not runs[i].organisation or _matches(runs[i], tokens)]
    sure = {i for i in able if _matches(runs[i], tokens) or runs[i].known}
    if sure:
        return sure
    full = [i for i in able if 2 <= len(runs[i].words) <= 4]
    cued = [i for i in full if _is_cued(text, runs[i].start)]
    return set((cued or full)[-1:])


def _is_cued(text: str, start: int) -> bool:
    low = max(text.rfind("\n", 0, start) + 1, start - 70)
    return any(_BETWEEN.match(text[cue.end() : start]) for cue in _CUE.finditer(text, low, start))


def _after_cues(text: str, runs: list[_Run]) -> set[int]:
    """Names that a phrase such as "kontakta vår platschef" leads up to, without any number beside them."""
    names: set[int] = set()
    for i, run in enumerate(runs):
        if run.organisation or len(run.words) > 4 or not (run.known or len(run.words) > 1):
            continue
        if _is_cued(text, run.start) and not _ORG_AFTER.match(text[run.end : run.end + 20]):
            names.add(i)
    return names


def _stands_alone(text: str, run: _Run, tokens: frozenset[str]) -> bool:
    """A common first name followed by another name is a person, unless it names a firm, a street or a school."""
    if run.organisation or not 2 <= len(run.words) <= 4:
        return False
    if not run.known and not all(_fold(word) in tokens for word in run.words):
        return False
    return not _ORG_AFTER.match(text[run.end : run.end + 20])


def _joined(text: str, runs: list[_Run], names: set[int]) -> set[int]:
    """Names that "och", "eller" or a comma joins to one already found: "Anna Ek, 070-…, och Xerxes Zandi"."""
    joined: set[int] = set()
    for i in range(1, len(runs)):
        run = runs[i]
        if i in names or run.organisation or not 2 <= len(run.words) <= 4:
            continue
        if (i - 1 in names or i - 1 in joined) and _JOINT.match(text[runs[i - 1].end : run.start]):
            joined.add(i)
    return joined


def _again(runs: list[_Run], names: set[int], tokens: frozenset[str]) -> set[int]:
    """Later mentions of the persons found: the full name, or the first name alone."""
    full = {runs[i].words for i in names if len(runs[i].words) > 1}
    firsts = {runs[i].words[0] for i in names if runs[i].known or _fold(runs[i].words[0].split("-")[0]) in tokens}
    return {i for i, run in enumerate(runs) if run.words in full or (len(run.words) == 1 and run.words[0] in firsts)}


# --- what is left --------------------------------------------------------------------------------------------------


def _without(text: str, found: tuple[Contact, ...]) -> str:
    pieces: list[str] = []
    position = 0
    touched: set[int] = set()
    for contact in found:
        pieces += (text[position : contact.start], GAP)
        position = contact.end
        touched.add(text.count("\n", 0, contact.start))
    pieces.append(text[position:])
    lines = "".join(pieces).split("\n")
    if len(lines) != text.count("\n") + 1:  # an address was broken over two lines: tidy everywhere
        touched = set(range(len(lines)))
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number not in touched:
            kept.append(line)
        elif not _LABELS_ONLY.match(tidy := _tidy(line)):
            kept.append(tidy)
    return "\n".join(kept)


def _tidy(line: str) -> str:
    line = _GAPS.sub(GAP, line)
    for pattern, instead in _TIDY:
        line = pattern.sub(instead, line)
    return line
