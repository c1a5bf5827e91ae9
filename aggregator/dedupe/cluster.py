"""Average-link clusters: what joins is alike on the whole, so that no chain of copies ties distinct jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from aggregator.model import PostingKey

Pair = tuple[PostingKey, PostingKey]
Atom = tuple[PostingKey, ...]
"""Postings that count as one: a single one, or several that the operator merged."""


def pair(a: PostingKey, b: PostingKey) -> Pair:
    """Two keys in their order."""
    return (a, b) if a < b else (b, a)


def clusters(
    members: Iterable[PostingKey],
    edges: Mapping[Pair, float],
    *,
    score: Callable[[PostingKey, PostingKey], float],
    threshold: float,
    together: Iterable[Pair] = (),
    apart: Collection[Pair] = frozenset(),
    never: Callable[[PostingKey, PostingKey], bool] = lambda _a, _b: False,
) -> list[tuple[PostingKey, ...]]:
    """Clusters of `members`, each sorted, in order of their first keys.

    Edges are taken from the likest down (ties by key), and two clusters become one when the average `score` over
    all their pairs reaches `threshold` and no pair is such as can `never` be one job. `together` pairs are joined
    first and whatever their score, and from then on are one thing: who is like one of them is like all. No two of an
    `apart` pair ever share a cluster, and of contradicting words `apart` wins. The order of `members` and `edges`
    changes nothing.
    """
    barred = {pair(*one) for one in apart}
    atoms = _atoms(sorted(members), together, barred)
    home: dict[PostingKey, list[Atom]] = {}
    for atom in atoms:
        cluster = [atom]
        home.update((key, cluster) for key in atom)

    def may(one: list[Atom], other: list[Atom]) -> bool:
        total = 0.0
        for x in one:
            for y in other:
                pairs = [(a, b) for a in x for b in y]
                if all(never(a, b) for a, b in pairs) or (barred and any(pair(a, b) in barred for a, b in pairs)):
                    return False
                total += max(score(a, b) for a, b in pairs)
        return total >= threshold * len(one) * len(other)

    for (a, b), _ in sorted(edges.items(), key=lambda edge: (-edge[1], edge[0])):
        one, other = home[a], home[b]
        if one is not other and may(one, other):
            one.extend(other)
            for atom in other:
                home.update(dict.fromkeys(atom, one))
    found = {id(cluster): tuple(sorted(key for atom in cluster for key in atom)) for cluster in home.values()}
    return sorted(found.values())


def _atoms(members: Sequence[PostingKey], together: Iterable[Pair], barred: Collection[Pair]) -> list[Atom]:
    """The members with `together` pairs joined, where no barred pair would come to share a cluster."""
    home: dict[PostingKey, list[PostingKey]] = {key: [key] for key in members}
    for a, b in sorted(pair(*one) for one in together):
        one, other = home.get(a), home.get(b)
        if one is None or other is None or one is other:
            continue
        if not any(pair(x, y) in barred for x in one for y in other):
            one.extend(other)
            home.update(dict.fromkeys(other, one))
    return sorted({id(some): tuple(sorted(some)) for some in home.values()}.values())
