"""Boards that a page tells of, and the one that is surely its own. Pure.

How a page tells matters: what it is itself built from and what it embeds is its own; what it merely links to or
mentions must bear its name, for career pages link to customers', owners' and suppliers' boards, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from spiders.base import Kind, Recognised
from spiders.extract.links import canonical
from spiders.extract.outline import Outline
from spiders.extract.words import about_jobs
from spiders.identity import names_of_board, same_name

Recognise = Callable[[str], Sequence[tuple[str, Recognised]]]
Trace = Callable[[str], Sequence[Recognised]]

OWN, EMBEDDED, MENTIONED, LINKED, WRITTEN = "own", "embedded", "mentioned", "linked", "written"
"""How a page tells of a board: it is part of it, embeds it, holds what only a kind knows to read, links to it, or has
its address somewhere in its text or scripts."""

_TOLD = {
    OWN: "",
    EMBEDDED: "the page embeds it: ",
    MENTIONED: "the page names it: ",
    LINKED: "the page links to it: ",
    WRITTEN: "its address stands in the page: ",
}

MOST_WRITTEN = 500
"""Different addresses in a page's text and scripts that are looked at."""

_WRITTEN = re.compile(r"https?:(?:\\?/){2}[\w.-]{4,100}(?:\\?/[^\s\"'<>\\(){}|^`]{0,300}){0,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A board that a page may be telling of. `about_jobs`: a link to it says that jobs are there."""

    kind: str
    board: Recognised
    how: str
    about_jobs: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for two tellings of one board."""
        return self.kind, canonical(self.board.url), json.dumps(dict(self.board.options), sort_keys=True, default=str)

    @property
    def told(self) -> Recognised:
        """The board, its evidence saying how the page tells of it."""
        evidence = self.board.evidence
        return (
            self.board if evidence.startswith("the page") else replace(self.board, evidence=_TOLD[self.how] + evidence)
        )


def candidates(
    kinds: Sequence[str], url: str, text: str, parts: Outline, *, recognise: Recognise, trace: Trace
) -> list[Candidate]:
    """All boards that the page at `url` tells of, each once and as it tells of it most surely.

    `recognise` gives the kinds that know an address, `trace` the boards that a kind of this name finds in the page.
    """
    found: dict[tuple[str, str, str], Candidate] = {}
    surest = {how: number for number, how in enumerate(_TOLD)}

    def add(name: str, board: Recognised, how: str, *, jobs: bool = False) -> None:
        new = Candidate(kind=name, board=board, how=how, about_jobs=jobs)
        known = found.setdefault(new.key, new)
        best = min((known, new), key=lambda one: surest[one.how])
        found[new.key] = replace(best, about_jobs=known.about_jobs or jobs)

    loaded = [one for address in (*parts.loaded, *parts.selves) for one in recognise(address)]
    linked = [(one, about_jobs(link.text)) for link in parts.links for one in recognise(link.url)]
    embedded_kinds = {name for name, _ in loaded}
    linked_kinds = {name for (name, _), _ in linked}
    for name in kinds:
        for board in trace(name):
            if board.url and urlsplit(board.url).hostname == urlsplit(url).hostname:
                add(name, board, OWN)
            elif name in embedded_kinds:
                add(name, board, EMBEDDED)
            else:  # what a kind read out of links must not pass for more because it writes the address differently
                add(name, board, LINKED if name in linked_kinds else MENTIONED)
    for name, board in loaded:
        add(name, board, EMBEDDED)
    for (name, board), jobs in linked:
        add(name, board, LINKED, jobs=jobs)
    for address in islice(written(text), MOST_WRITTEN):
        for name, board in recognise(address):
            add(name, board, WRITTEN)
    return list(found.values())


def written(text: str) -> Iterator[str]:
    """The addresses in a page's source, each once, as they stand in text, scripts and JSON."""
    yield from dict.fromkeys(unescape(found.group().replace("\\/", "/")) for found in _WRITTEN.finditer(text))


def choose(
    found: Sequence[Candidate], names: frozenset[str], kinds: Mapping[str, type[Kind]], *, is_about_jobs: bool
) -> tuple[Candidate | None, Sequence[Candidate], str]:
    """The board that is surely the page's; else those that may be, and nothing is guessed between them.

    `names` are the page's, `is_about_jobs` whether it is a career page. The third is what to know of the choice.
    """
    named = [one for one in found if same_name(names, _names(one, kinds))]
    own = [one for one in found if one.how == OWN]
    if len({one.kind for one in own}) == 1:
        return own[0], (), ""
    for those in (own, [one for one in found if one.how == EMBEDDED]):
        ours = [one for one in those if one in named]
        if len(those) == 1 or len(ours) == 1:
            return (ours or those)[0], (), ""
        if those and len({one.kind for one in those}) == 1 and not any(_names(one, kinds) for one in those):
            rest = ", ".join(one.board.url for one in those[1:3])
            return those[0], (), f"the page also tells of {rest}; add it too if it is another list"
        if those:
            return None, those, ""
    if len(named) == 1:
        return named[0], (), ""
    nameless = len(found) == 1 and not _names(found[0], kinds)
    if nameless and (found[0].how == MENTIONED or found[0].about_jobs or is_about_jobs):
        return found[0], (), ""
    return None, named or found, ""


def _names(candidate: Candidate, kinds: Mapping[str, type[Kind]]) -> frozenset[str]:
    of_system = kinds[candidate.kind].recognise(candidate.board.url) is not None
    return names_of_board(candidate.board.url, candidate.board.options, of_system=of_system)
