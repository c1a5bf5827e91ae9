"""Makes the README's two pictures from a demo: the site as a telephone shows it, and a share card.

`python -m docs.pictures DEMO_FOLDER` (after `make demo`); needs Chromium for the site's picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import UsageError
from aggregator.model import ContentKind
from aggregator.store import Store

HERE = Path(__file__).parent / "pictures"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def screenshot(page: Path, target: Path, width: int, height: int) -> None:
    """What Chromium shows of a page on disk."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise UsageError("there is no Chromium on this machine", hint="install the package chromium")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - Chromium, found on the path
            [
                chromium,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={target}",
                page.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def card(demo: Path, target: Path) -> None:
    """The landscape card of the first vacancy that was posted in Swedish."""
    with Store.open(f"sqlite:///{(demo / 'region' / 'jobbfyr.db').resolve()}") as store:
        everything = store.outbox.since(datetime.min.replace(tzinfo=UTC))
    posts = [p for p in everything if p.content.kind is ContentKind.VACANCY and p.message.images and p.language == "sv"]
    wide = next(image for post in posts for image in post.message.images if image.width > image.height)
    shutil.copyfile(wide.path, target)


def main() -> None:
    """Make both pictures."""
    demo = Path(sys.argv[1])
    HERE.mkdir(exist_ok=True)
    screenshot(demo / "site" / "index.html", HERE / "site.png", 1280, 900)
    card(demo, HERE / "card.png")


if __name__ == "__main__":
    main()
