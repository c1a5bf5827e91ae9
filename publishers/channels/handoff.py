"""Hand-off packs: a folder and a zip per post, for channels that people fill by hand, such as LinkedIn or Instagram.

A pack appears whole or not at all: it is written beside its place and moved there, under a name made from the post, so
that writing it twice gives one pack.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from aggregator.errors import ChannelDown
from aggregator.model import Message, Post, Receipt
from publishers import pictures
from publishers.base import Abilities, Channel, ChannelOptions, Limits

LARGEST_PICTURE = 20_000_000
"""Bytes of a picture that is put in as it is; made smaller beyond."""
CLOSED = "closed.txt"
"""The file that tells that the post is to be taken down wherever somebody put it."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip, so that the same pack is the same bytes."""


class HandoffOptions(ChannelOptions):
    """Where the packs go."""

    folder: str = Field("handoff", min_length=1)
    """Folder of the packs, below the region's output folder unless absolute."""
    text: int = Field(2200, ge=200, le=60_000)
    """The longest text in characters: the least of those of the channels it is meant for (2200 is Instagram's)."""


class Handoff(Channel):
    """One folder of packs."""

    kind = "handoff"
    title = "Hand-off packs"
    abilities = Abilities(idempotent=True, look_up=True, edit=True, live=False)
    Options: ClassVar[type[ChannelOptions]] = HandoffOptions
    options: HandoffOptions

    def __init__(self, name: str, options: ChannelOptions) -> None:
        super().__init__(name, options)
        self.folder = Path(self.options.folder)

    def settle_in(self, output: Path) -> None:
        self.folder = output / self.options.folder

    @property
    def limits(self) -> Limits:
        return Limits(count="characters", text=self.options.text, alt=1000, image_bytes=LARGEST_PICTURE, images=3)

    def send(self, post: Post, *, now: datetime) -> Receipt:
        place = self.folder / pack_name(post)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for left in self.folder.glob(f".{place.name}.*"):  # by a process that died while writing it
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            files = contents(post.message)
            if not place.is_dir():
                self._write_folder(place, files)
            self._write_zip(place, files)
        except OSError as error:
            raise ChannelDown(
                f"the pack {place} cannot be written: {error.strerror or error}", hint="check the folder and the disk"
            ) from error
        return self._receipt(place, now)

    def look_up(self, post: Post) -> Receipt | None:
        place = self.folder / pack_name(post)
        archive = _zip_of(place)
        if not (place.is_dir() and archive.is_file()):
            return None
        return self._receipt(place, datetime.fromtimestamp(archive.stat().st_mtime, post.created_at.tzinfo))

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:
        """Say in the pack that its post is to come down, and take the zip away so that nobody uses it any more."""
        place = self.folder / pack_name(post)
        if not place.is_dir():
            return
        said = f"{now:%Y-%m-%d %H:%M} UTC\n{post.close_reason}\n\n{closure.text}\n"
        try:
            _replace(place / CLOSED, said.encode())
            _zip_of(place).unlink(missing_ok=True)
        except OSError as error:
            raise ChannelDown(f"{place / CLOSED} cannot be written: {error.strerror or error}") from error

    def _write_folder(self, place: Path, files: Mapping[str, bytes]) -> None:
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=self.folder))
        made.chmod(0o755)
        for name, content in files.items():
            (made / name).write_bytes(content)
        made.rename(place)

    def _write_zip(self, place: Path, files: Mapping[str, bytes]) -> None:
        handle, made = tempfile.mkstemp(prefix=f".{place.name}.", dir=self.folder)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, content in files.items():
                kind = zipfile.ZIP_STORED if name.endswith((".png", ".jpg")) else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(f"{place.name}/{name}", EPOCH), content, kind)
        Path(made).chmod(0o644)
        Path(made).replace(_zip_of(place))

    def _receipt(self, place: Path, at: datetime) -> Receipt:
        return Receipt(remote_id=place.name, url=place.resolve().as_uri(), at=at)


def pack_name(post: Post) -> str:
    """The pack's name: what a person recognises of the post's key, and six digits that make it unique."""
    words = re.sub(r"[^\w]+", "-", post.key).strip("-")[:80]
    return f"{words}-{hashlib.sha256(post.key.encode()).hexdigest()[:6]}"


def contents(message: Message) -> dict[str, bytes]:
    """A pack's files by name. Raises `SendRefused` when a picture cannot be read."""
    files = {"text.txt": f"{message.text}\n".encode()}
    if message.link:
        files["link.txt"] = f"{message.link}\n".encode()
    alts = dict.fromkeys(image.alt for image in message.images if image.alt)
    if alts:
        files["alt-text.txt"] = "".join(f"{alt}\n" for alt in alts).encode()
    for image in message.images:
        shape = "square" if image.width == image.height else "landscape" if image.width > image.height else "portrait"
        content, media_type = pictures.load(image, LARGEST_PICTURE)
        name = f"card-{shape}-{image.width}x{image.height}"
        files[f"{name}.{'jpg' if media_type == 'image/jpeg' else 'png'}"] = content
    return files


def _zip_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.zip")


def _replace(path: Path, content: bytes) -> None:
    handle, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(made).chmod(0o644)
    Path(made).replace(path)


CHANNEL = Handoff
