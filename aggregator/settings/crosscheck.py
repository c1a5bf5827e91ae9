"""What no file can be judged on alone: names that point at each other, files that must be there. Reads trees, not
models, so that a fault in one place hides none in another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from aggregator.errors import Fault
from aggregator.model import ContentKind, RemoteMode
from aggregator.settings import checks
from aggregator.settings.documents import MAIN, Document, Folder
from aggregator.settings.faults import did_you_mean
from aggregator.settings.types import Registry
from aggregator.settings.yamltree import Node
from aggregator.settings.yamltree import Path as Steps

EDUCATION: Final = ("none", "upper-secondary", "vocational-higher", "bachelor", "master", "doctorate", "unknown")
CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "education": EDUCATION,
    "skill_level": ("1", "2", "3", "4"),
    "remote": tuple(mode.value for mode in RemoteMode),
}
"""Axes whose codes are few and fixed (see `aggregator.model.Tag`)."""


class Names:
    """What can be pointed at. A collection is None when its file could not be read: nothing is then wrong with
    pointing at it.
    """

    def __init__(self, folder: Folder, registry: Registry) -> None:
        main, channels, tags = folder[MAIN], folder["channels.yml"], folder["tags.yml"]
        self.tiers = _keys(main, "tiers")
        self.areas = _keys(main, "region", "areas")
        self.channels = _keys(channels, "channels")
        self.topics = _keys(tags, "topics")
        self.languages = _languages(main)
        whole = all(document.whole for document in folder.partners)
        keys = (document.find("key") for document in folder.partners)
        self.partners = [node.text for node in keys if node is not None] if whole else None
        self.municipalities = municipalities(registry)


def municipalities(registry: Registry) -> Mapping[str, str]:
    """SCB code -> name, all of Sweden's."""
    if registry.municipalities is not None:
        return registry.municipalities
    from aggregator import taxonomy

    return {code: one.name for code, one in taxonomy.municipalities().items()}


def municipality_code(word: str, table: Mapping[str, str]) -> str | None:
    """The code that a code or a name means."""
    if word in table:
        return word
    return next((code for code, name in table.items() if name.casefold() == word.casefold()), None)


def crosscheck(folder: Folder, registry: Registry) -> Iterator[Fault]:
    """Everything that is wrong between the files."""
    names = Names(folder, registry)
    yield from _main(folder[MAIN], names)
    yield from _partners(folder, registry, names)
    yield from _campaigns(folder, registry, names)
    yield from _stories(folder, names)
    yield from _tags(folder["tags.yml"], names)
    yield from _file_there(folder, folder["brand/brand.yml"], ("mark",))


def _main(main: Document, names: Names) -> Iterator[Fault]:
    yield from _municipalities(main, ("region", "municipalities"), names)
    for key in names.areas or ():
        yield from _municipalities(main, ("region", "areas", key, "municipalities"), names)
    texts: list[Steps] = [("region", "name"), ("site", "title"), ("site", "intro"), ("region", "hashtags")]
    texts += [("region", "areas", key, "name") for key in names.areas or ()]
    texts += [("tiers", key, "name") for key in names.tiers or ()]
    yield from _texts(main, texts, names)
    for path in texts[:3]:
        node = main.root.find(path)
        for language in names.languages or () if node is not None and node.kind == "map" else ():
            if node is not None and language not in node.entries:
                yield main.fault((*path, language), f"is missing: the region speaks {language!r}", node=node)


def _partners(folder: Folder, registry: Registry, names: Names) -> Iterator[Fault]:
    first: dict[str, Document] = {}
    for document in folder.partners:
        key = document.find("key")
        if key is not None and key.kind == "scalar":
            other = first.setdefault(key.text, document)
            if other is not document:
                yield document.fault(("key",), f"{other.file} has the key {key.text!r} already")
        yield from _points_at(document, ("tier",), names.tiers, "tier")
        yield from _municipalities(document, ("places",), names)
        yield from _texts(document, [("presentation",)], names)
        yield from _file_there(folder, document, ("logo",))
        yield from _sources(document, registry)


def _sources(document: Document, registry: Registry) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    sources = document.find("sources")
    for at, source in enumerate(sources.items if sources is not None else ()):
        kind, name = source.child("kind"), source.child("name")
        if kind is not None and isinstance(kind.value, str):
            yield from _points_at(document, ("sources", at, "kind"), registry.kinds, "kind")
            if kind.text in registry.kinds and kind.text not in registry.without_url and not source.child("url"):
                yield document.fault(("sources", at, "url"), "is missing", node=source)
        named = name or kind
        if named is None or not named.text:
            continue
        line = seen.setdefault(named.text, named.line)
        if line != named.line:
            hint = "" if name is not None else "; give it a name of its own, name: …"
            yield document.fault(
                ("sources", at, "name"), f"a source is called {named.text!r} in line {line}{hint}", node=named
            )


def _campaigns(folder: Folder, registry: Registry, names: Names) -> Iterator[Fault]:
    document, channels = folder["campaigns.yml"], folder["channels.yml"]
    for key in _keys(document, "campaigns") or ():
        start: Steps = ("campaigns", key)
        yield from _texts(document, [(*start, "name")], names)
        yield from _points_at(document, (*start, "language"), names.languages, "language")
        listed = document.root.find((*start, "channels"))
        for at, node in enumerate(listed.items if listed is not None else ()):
            yield from _points_at(document, (*start, "channels", at), names.channels, "channel")
            kind = channels.find("channels", node.text, "kind")
            if kind is not None and kind.text in registry.without_posts:
                message = (
                    f"{node.text!r} shows every open vacancy by itself and takes no campaign's posts; leave it out"
                )
                yield document.fault((*start, "channels", at), message)
        partners = document.root.find((*start, "wish", "partners"))
        for at, _ in enumerate(partners.items if partners is not None else ()):
            yield from _points_at(document, (*start, "wish", "partners", at), names.partners, "partner")
        yield from _wishes(document, (*start, "wish", "tags"), names)


def _wishes(document: Document, start: Steps, names: Names) -> Iterator[Fault]:
    tags = document.root.find(start)
    from aggregator import taxonomy

    pointed: dict[str, Collection[str] | None] = {
        "area": names.areas,
        "topic": names.topics,
        "county": taxonomy.counties(),
        **CODES,
    }
    for axis, node in (tags.entries if tags is not None else {}).items():
        if axis == "municipality":
            yield from _municipalities(document, (*start, axis), names)
        for at, _ in enumerate(node.items if axis in pointed else ()):
            yield from _points_at(document, (*start, axis, at), pointed[axis], axis.replace("_", " "))


def _stories(folder: Folder, names: Names) -> Iterator[Fault]:
    document = folder["stories.yml"]
    for key in _keys(document, "stories") or ():
        start: Steps = ("stories", key)
        yield from _texts(document, [(*start, part) for part in ("title", "text", "alt")], names)
        yield from _file_there(folder, document, (*start, "image"))
        title, text = document.root.find((*start, "title")), document.root.find((*start, "text"))
        if title is None or text is None:
            continue
        spoken = {*title.entries, *text.entries} & set(names.languages or ())
        for language in sorted(spoken - (set(title.entries) & set(text.entries))):
            poor, part = (title, "title") if language in text.entries else (text, "text")
            yield document.fault((*start, part, language), "is missing: title and text go together", node=poor)


def _tags(document: Document, names: Names) -> Iterator[Fault]:
    from aggregator import taxonomy

    groups = taxonomy.groups()
    for code in names.topics or ():
        yield from _texts(document, [("topics", code, "label")], names)
        listed = document.find("topics", code, "ssyk")
        for at, node in enumerate(listed.items if listed is not None else ()):
            if node.text.isdigit() and len(node.text) <= 4 and not any(group.startswith(node.text) for group in groups):
                yield document.fault(("topics", code, "ssyk", at), f"SSYK 2012 has no group {node.text!r}")
    titles = document.find("titles")
    for at, _ in enumerate(titles.items if titles is not None else ()):
        found = document.find("titles", at, "ssyk")
        if found is not None and isinstance(found.value, str) and len(found.text) == 4 and found.text not in groups:
            yield document.fault(("titles", at, "ssyk"), f"SSYK 2012 has no group {found.text!r}")


# --- what the checks are made of ------------------------------------------------------------------------------------


def _keys(document: Document, *path: str) -> list[str] | None:
    node = document.root.find(path)
    if node is not None and node.kind == "map":
        return list(node.entries)
    return [] if document.whole else None


def _languages(main: Document) -> list[str] | None:
    node = main.find("region", "languages")
    if node is not None and node.items:
        words = [item.text for item in node.items]
        return words if all(re.fullmatch("[a-z]{2}", word) for word in words) else None
    return ["sv", "en"] if main.whole else None


def _points_at(document: Document, path: Steps, known: Collection[str] | None, what: str) -> Iterator[Fault]:
    """A name that nothing has; texts only, other types are the models' to refuse."""
    node = document.root.find(path)
    if node is not None and known is not None and isinstance(node.value, str) and node.value not in known:
        none = "" if known else f"; there are no {what}s yet"
        yield document.fault(path, f"unknown {what} {node.value[:60]!r}{did_you_mean(node.value, known)}{none}")


def _municipalities(document: Document, path: Steps, names: Names) -> Iterator[Fault]:
    node = document.root.find(path)
    seen: dict[str, int] = {}
    for at, item in enumerate(node.items if node is not None else ()):
        if not isinstance(item.value, str):
            continue
        code = municipality_code(item.value, names.municipalities)
        if code is None:
            known = () if item.value.isdigit() else names.municipalities.values()  # codes alike are far apart
            message = f"unknown municipality {item.value[:60]!r}{did_you_mean(item.value, known)}"
            yield document.fault((*path, at), message)
        elif code in seen:
            yield document.fault((*path, at), f"{names.municipalities[code]} stands already in line {seen[code]}")
        else:
            seen[code] = item.line


def _texts(document: Document, paths: list[Steps], names: Names) -> Iterator[Fault]:
    """Texts by language, in languages that the region speaks."""
    for path in paths:
        node = document.root.find(path)
        for language in node.entries if node is not None and names.languages is not None else ():
            if names.languages is not None and language not in names.languages:
                meant = did_you_mean(language, names.languages)
                yield document.fault((*path, language), f"the region does not speak {language!r}{meant}", key=True)


def _file_there(folder: Folder, document: Document, path: Steps) -> Iterator[Fault]:
    node: Node | None = document.root.find(path)
    if node is None or not isinstance(node.value, str) or not _may_be_inside(node.value):
        return  # the file's model says so
    target = folder.path / node.value
    try:
        there = target.is_file()
    except OSError:
        there = False  # a name too long for the disk is not on it
    if not there:
        yield document.fault(path, f"there is no file {node.value[:120]} in this folder")


def _may_be_inside(value: str) -> bool:
    try:
        return bool(checks.inside(value))
    except ValueError:
        return False


CONTENTS: Final = (*(kind.value for kind in ContentKind), "closed")
"""What templates are written for."""
