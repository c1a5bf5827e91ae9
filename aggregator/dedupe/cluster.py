"""Average-link clusters: what joins is alike on the whole, so that no chain of copies ties distinct jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from aggregator.model import PostingKey

Pair = tuple[PostingKey, PostingKey]


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
    first and whatever their score; no two of an `apart` pair ever share a cluster, and of contradicting words `apart`
    wins. The order of `members` and `edges` changes nothing.
    """
    home: dict[PostingKey, list[PostingKey]] = {key: [key] for key in sorted(members)}
    barred = {pair(*one) for one in apart}

    def may(one: list[PostingKey], other: list[PostingKey]) -> bool:
        return not barred or not any(pair(a, b) in barred for a in one for b in other)

    def join(one: list[PostingKey], other: list[PostingKey]) -> None:
        one.extend(other)
        for key in other:
            home[key] = one

    for a, b in sorted(pair(*one) for one in together):
        if a in home and b in home and home[a] is not home[b] and may(home[a], home[b]):
            join(home[a], home[b])
    for (a, b), _ in sorted(edges.items(), key=lambda edge: (-edge[1], edge[0])):
        one, other = home[a], home[b]
        if one is other or not may(one, other):
            continue
        total = sum(score(x, y) for x in one for y in other)
        if any(never(x, y) for x in one for y in other):
            continue
        if total >= threshold * len(one) * len(other):
            join(one, other)
    found = {id(cluster): tuple(sorted(cluster)) for cluster in home.values()}
    return sorted(found.values())
