"""Whether a board and a page are one company's: names, as addresses and pages spell them, compared. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from spiders.extract.outline import Outline

_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"))
_WORDS = """
job jobs jobb jobba career careers karriar karriere work vacancies vacancy lediga tjanster positions openings recruit
recruiting recruitment rekrytering hiring talent www web site sites home index main default public external ext extern
apply api feed feeds rss xml json html ashx aspx embed board boards widget companies company postings posting search
list what rssfeed en sv se us uk no da fi de eu com net org http https true false portal app cdn ab aktiebolag publ as
asa oy oyj gmbh inc ltd llc plc sverige sweden nordic nordics group gruppen koncern koncernen global international hq
kommun och and the our at hos oss med i pa vi team join your open svenska
"""
_SAYS_NOTHING = frozenset(_WORDS.split())
"""Words that say nothing of whose a board is."""

_AFFIXES = re.compile(
    r"^(?:jobba?|jobs?|careers?|karriar|workat|join)(?:hos|at|pa|med)?(?=\w{3})|(?:careers?|jobs?|jobb|karriar|group|gruppen|kommun|sverige|sweden|nordic|hq)$"
)
_ENDING = re.compile(r"(?:v?\d+|se|no|dk|fi|de|uk|us|usa|eu|emea|hr|io|ai|app|tech|labs?|it|digital)")
"""What companies add to a short name where it is taken at a job system, beside what says nothing."""

_LONG_ENOUGH = 6
"""Letters from which the beginning of a longer name is taken for the same name."""


def same_name(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether a name of one side is a name of the other, or a long beginning of it."""
    return any(_is_same(*sorted((one, other), key=len)) for one in ours for other in theirs)


def _is_same(short: str, long: str) -> bool:
    rest = long.removeprefix(short)
    return not rest or (rest != long and (len(short) >= _LONG_ENOUGH or _ENDING.fullmatch(rest) is not None))


def names_of_page(url: str, parts: Outline, company: str = "") -> frozenset[str]:
    """What the page's company calls itself: its domain, its site's name in the metadata, what the caller knows."""
    return frozenset(filter(None, map(_name, (site_label(url), *parts.names, company))))


def names_of_board(url: str, options: Mapping[str, object], *, of_system: bool) -> frozenset[str]:
    """Whose a board may be by its address and options; none where these are only numbers.

    `of_system`: the address is on the job system's own domain, whose name says nothing.
    """
    return frozenset(filter(None, map(_name, _pieces(url, options, of_system=of_system))))


def site_label(url: str) -> str:
    """The label a domain was registered under: `acme` of jobb.acme.co.uk."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".") if not host.replace(".", "").isdigit() else [host]
    if len(labels) > 2 and labels[-2] in _SECOND_LEVEL:
        labels.pop(-2)
    return labels[-2] if len(labels) > 1 else labels[0]


def _pieces(url: str, options: Mapping[str, object], *, of_system: bool) -> Iterator[str]:
    parts = urlsplit(url)
    labels = (parts.hostname or "").split(".")
    yield from labels[:-2]
    if not of_system:
        yield site_label(url)
    else:
        yield from unquote(parts.path).split("/")
        yield from (value for _, value in parse_qsl(parts.query))
    for value in options.values():
        yield from value.split("/") if isinstance(value, str) else ()


def _name(text: str) -> str:
    """Letters and digits of a name without legal forms and words that say nothing; "" for numbers and codes."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SAYS_NOTHING and not word.isdigit()]
    name = "".join(words)
    name = _AFFIXES.sub("", name) if len(name) > 6 else name
    is_code = re.search(r"\d", name) is not None and re.search(r"[a-z]{4}", name) is None
    return "" if len(name) < 2 or is_code or name in _SAYS_NOTHING else name
