"""Pictures on disk as the bytes a channel takes."""

from __future__ import annotations

import io
from pathlib import Path

from aggregator.errors import SendRefused
from aggregator.model import Image

QUALITIES = (90, 80, 65)
"""JPEG qualities tried, best first; below 65 text on a card frays."""


def load(image: Image, largest: int) -> tuple[bytes, str]:
    """The picture's bytes and media type, made smaller as JPEG where it is more than `largest` bytes.

    Raises `SendRefused` when the file is gone, is no picture, or cannot be made small enough.
    """
    try:
        content = Path(image.path).read_bytes()
    except OSError as error:
        raise SendRefused(f"the picture {image.path} cannot be read: {error.strerror}") from error
    if not content:
        raise SendRefused(f"the picture {image.path} is empty")
    if len(content) <= largest:
        return content, image.media_type
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with Pillow.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise SendRefused(f"{image.path} is not a picture") from error
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= largest:
            return out.getvalue(), "image/jpeg"
    raise SendRefused(f"the picture {image.path} is {len(content)} bytes and cannot be made {largest}")
