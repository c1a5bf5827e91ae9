"""Cards on disk, each drawn once: the file's name is the hash of everything that decides how it looks."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from functools import lru_cache
from importlib import resources
from pathlib import Path

from aggregator.errors import JobbfyrError
from aggregator.model import Image
from publishers.cards.card import Card, CardSize, alt_text
from publishers.cards.draw import render


class CardFolder:
    """A folder of rendered cards. Safe to share between processes: a card appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, card: Card, size: CardSize) -> Image:
        """The card as a picture with its alt text, drawn now unless an equal card was drawn before.

        Raises `JobbfyrError` when it cannot be drawn or written.
        """
        path = self.folder / self.name(card, size)
        if not path.exists():
            _write(path, render(card, size))
        return Image(path=str(path), alt=alt_text(card), width=size.width, height=size.height)

    def has(self, card: Card, size: CardSize) -> bool:
        """Whether `get` would find the card drawn already."""
        return (self.folder / self.name(card, size)).exists()

    def name(self, card: Card, size: CardSize) -> str:
        """The name of the card's file in the folder, drawn or not. Raises `JobbfyrError` for a picture that is gone."""
        return f"{card_hash(card, size)}.png"

    def sweep(self, keep: set[str], *, before: float | None = None) -> int:
        """Delete the cards whose paths are not in `keep`, only those drawn before `before` (POSIX seconds) when given;
        returns how many.
        """
        gone = [path for path in self.folder.glob("*.png") if str(path) not in keep]
        if before is not None:
            gone = [path for path in gone if path.stat().st_mtime < before]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def card_hash(card: Card, size: CardSize) -> str:
    """20 hexadecimal digits that change when the card's words, its pictures, the template or typst do."""
    data = asdict(card)
    data["files"] = [_stamp(path) for path in (card.brand.mark, card.picture, card.logo)]
    text = json.dumps([size.value, card_maker(), data], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@lru_cache(maxsize=1)
def card_maker() -> str:
    """What draws: the template's and this code's bytes and typst's version."""
    from importlib.metadata import version

    here = resources.files("publishers.cards")
    digest = hashlib.sha256(version("typst").encode())
    for name in ("card.typ", "draw.py", "text.py", "words.py", "brand.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()


def _stamp(path: str) -> str:
    if not path:
        return ""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise JobbfyrError(f"the picture {path} cannot be read: {error.strerror}", hint="correct its path") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise JobbfyrError(f"the card {path} cannot be written: {error.strerror}", hint="free some space") from error
