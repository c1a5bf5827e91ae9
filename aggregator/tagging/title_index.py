"""The known titles of a language, found exactly, inflected, or by the likeness of their letters. Built at first use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aggregator.tagging import title_words as words
from aggregator.taxonomy import lookup

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRAMS = (3, 4)
"""Lengths of the character grams; of 2-4, 3-4, 3-5, 2-5 and 3-6 the best and the fastest on development titles."""

_SPACES = re.compile(r"[^\w+#.]+|_+|(?<=\s)\.|\.(?=\s|$)")


def normal(title: str) -> str:
    """Case-folded words with single spaces, nothing else."""
    return _SPACES.sub(" ", title.casefold()).strip()


class Index:
    """Known titles with their codes, found exactly or by similarity. Built once for each language."""

    def __init__(self, entries: Sequence[tuple[str, str]], forms: Mapping[str, Counter[str]]) -> None:
        import numpy as np

        self._numpy = np
        self.titles = [title for title, _ in entries]
        self.codes = [code for _, code in entries]
        self.forms = {form: _shares(codes) for form, codes in forms.items()}
        self._postings, self._rarity = self._build()

    def _build(self) -> tuple[dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]], dict[str, float]]:
        np = self._numpy
        rows: dict[str, list[int]] = defaultdict(list)
        for i, title in enumerate(self.titles):
            for gram in _grams(title):
                rows[gram].append(i)
        count = len(self.titles)
        rarity = {gram: float(np.log(count / len(found)) + 0.5) for gram, found in rows.items()}
        squares = np.zeros(count)
        for gram, found in rows.items():
            squares[found] += rarity[gram] ** 2
        lengths = np.sqrt(np.maximum(squares, 1e-9))
        postings = {}
        for gram, found in rows.items():
            index = np.array(found, dtype=np.int32)
            postings[gram] = (index, (rarity[gram] / lengths[index]).astype(np.float32))
        self._unseen = float(np.log(count) + 0.5)
        return postings, rarity

    def scores(self, title: str) -> NDArray[Any] | None:
        """Cosine similarity, 0-1, of `title` to every known one; None when they share no gram."""
        np = self._numpy
        rows: list[NDArray[Any]] = []
        weights: list[NDArray[Any]] = []
        square = 0.0
        for gram in _grams(title):
            rarity = self._rarity.get(gram)
            if rarity is None:
                square += self._unseen**2
                continue
            square += rarity**2
            index, weight = self._postings[gram]
            rows.append(index)
            weights.append(weight * rarity)
        if not rows:
            return None
        counted = np.bincount(np.concatenate(rows), np.concatenate(weights), len(self.titles))
        similar: NDArray[Any] = counted / square**0.5
        return similar

    def nearest(self, title: str, count: int = 10) -> list[tuple[float, int]]:
        """The `count` most similar known titles as (similarity, row), the best first, ties by row."""
        scores = self.scores(title)
        if scores is None:
            return []
        top = self._numpy.argpartition(-scores, count)[:count]
        return sorted(((float(scores[i]), int(i)) for i in top), key=lambda pair: (-pair[0], pair[1]))


def _grams(title: str) -> set[str]:
    text = f" {title} "
    return {text[i : i + n] for n in GRAMS for i in range(len(text) - n + 1)}


def _shares(codes: Counter[str]) -> tuple[tuple[str, float], ...]:
    """The codes of a form with their share of its titles, the commonest first."""
    total = sum(codes.values())
    ordered = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, count / total) for code, count in ordered)


@lru_cache(maxsize=1)
def swedish() -> Index:
    """JobTech's titles, each alternative of "A/B" by itself, inflected; what stands before the comma in "Konstruktör,
    el" with the codes of all such; and the everyday titles JobTech lacks.
    """
    entries: set[tuple[str, str]] = set()
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for title, code in lookup.titles():
        parts = {title, *(part for part in title.split("/") if part[:1].isupper())}
        entries.update((normal(part), code) for part in parts)
        if ", " in title:
            heads[normal(title.split(", ")[0])][code] += 1
    for code, names in words.MORE_SWEDISH.items():
        entries.update((normal(name), code) for name in names)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, code in entries:
        forms[name][code] += 1
    own = frozenset(forms)  # what is a title of its own is not another's inflection
    for head, codes in heads.items():
        if head not in own and len(head) > 3:
            forms[head] = codes
            entries.add((head, _shares(codes)[0][0]))
    for name, code in entries:
        for form in inflected(name):
            if form not in own:
                forms[form][code] += 1
    return Index(sorted(entries), forms)


def inflected(name: str) -> Iterable[str]:
    """The definite and plural forms of a Swedish title's last word."""
    if name.endswith("are"):
        return (name + "n", name[:-1] + "na", name + "s")
    if name.endswith("man"):
        return (name[:-3] + "män", name[:-3] + "männen", name + "nen")
    if name.endswith("a"):
        return (name + "n", name[:-1] + "or", name[:-1] + "orna")
    if name.endswith("e"):
        return (name + "n", name + "r", name + "rna", name[:-1] + "ar", name[:-1] + "arna")
    if name.endswith("ium"):
        return ()
    return (name + "en", name + "er", name + "erna", name + "ar", name + "arna", name + "et", name + "n", name + "s")


@lru_cache(maxsize=1)
def english() -> Index:
    """Our own English titles with their plurals."""
    entries = sorted({(english_normal(title), code) for title, code in lookup.titles_en()})
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, code in entries:
        forms[name][code] += 1
        forms[name + "s"][code] += 1
    return Index(entries, forms)


def english_normal(title: str) -> str:
    """As `normal`, with variant words made one (operative -> operator, advisor -> adviser)."""
    return " ".join(words.ENGLISH_VARIANTS.get(word, word) for word in normal(title).split())
