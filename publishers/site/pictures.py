"""Pictures for the site: the mark as an icon, logos and photographs made small enough for a telephone."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from aggregator.errors import JobbfyrError
from publishers.cards.brand import Brand
from publishers.cards.draw import opened, read_picture

_LOGO = (440, 160)
_PHOTO = (1280, 1280)


def icon(brand: Brand) -> bytes:
    """The region's mark; without one a small beacon in its colours."""
    if brand.mark:
        return read_picture(brand.mark)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{brand.primary}"/>'
        f'<path d="M30 20 4 10v24zM34 20l26-10v24z" fill="{brand.accent}" opacity=".75"/>'
        '<path d="M27 26h10l4 30H23z" fill="#fff"/>'
        f'<circle cx="32" cy="20" r="7" fill="{brand.accent}"/></svg>'
    ).encode()


def logo(path: Path) -> tuple[str, bytes]:
    """A partner's logo as `(file name, bytes)`. Raises `JobbfyrError` when it cannot be read."""
    if path.suffix.lower() == ".svg":
        return _named("logo", "svg", read_picture(str(path)))
    with opened(str(path)) as picture:
        picture.thumbnail(_LOGO)
        held = io.BytesIO()
        picture.convert("RGBA").save(held, "PNG", optimize=True)
    return _named("logo", "png", held.getvalue())


def photo(path: Path) -> tuple[str, bytes]:
    """A story's picture as a JPEG without its metadata. Raises `JobbfyrError` when it cannot be read."""
    from PIL import ImageOps

    if path.suffix.lower() == ".svg":
        return _named("photo", "svg", read_picture(str(path)))
    with opened(str(path)) as picture:
        turned = ImageOps.exif_transpose(picture).convert("RGB")
        turned.thumbnail(_PHOTO)
        held = io.BytesIO()
        turned.save(held, "JPEG", quality=80, optimize=True, progressive=True)
    return _named("photo", "jpg", held.getvalue())


def inside(folder: Path | None, name: str) -> Path:
    """A picture's path below the folder of the region's media. Raises `JobbfyrError` when it leads out of it."""
    base = (folder or Path()).resolve()
    path = (base / name).resolve()
    if not path.is_relative_to(base):
        raise JobbfyrError(f"the picture {name} lies outside {base}", hint="move it into the region's folder")
    return path


def _named(kind: str, ending: str, content: bytes) -> tuple[str, bytes]:
    return f"a/{kind}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}", content
