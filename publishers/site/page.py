"""One page of the site, and the renderer that turns it into bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from publishers.site.views import Edition

if TYPE_CHECKING:
    import jinja2


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """The picture that stands for a page when it is shared; `path` is below the site's root."""

    path: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    """The same page in another language, with that language's name in itself."""

    language: str
    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page is, whatever it shows. `path` is its folder below the root ("" for the root itself); `paths` are the
    same page by language, empty for a page that has no address of its own (404); `here` marks its part of the menu;
    `index` tells search engines whether to list it.
    """

    template: str
    path: str
    title: str
    description: str
    paths: Mapping[str, str]
    context: Mapping[str, Any]
    here: str = ""
    og_type: str = "website"
    index: bool = True
    image: PageImage | None = None
    others: tuple[OtherLanguage, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """Paths of what every page needs, below the root; their names change with their content."""

    style: str
    script: str
    font: str
    icon: str


def render(page: Page, edition: Edition, assets: Assets) -> bytes:
    """The page as HTML. All values are escaped by the template engine; links are relative, so the site works below any
    path and from a disk.
    """
    template = _environment().get_template(page.template)
    up = "../" * page.path.count("/") or "./"
    text = template.render(
        page=page,
        e=edition,
        say=edition.speech.say,
        address=edition.data.address,
        assets=assets,
        up=up if page.paths else base_path(edition.data.address),
        **page.context,
    )
    return text.encode("utf-8", errors="replace")


def base_path(address: str) -> str:
    """The path the site is served below, with slashes at both ends."""
    path = urlsplit(address).path.strip("/")
    return f"/{path}/" if path else "/"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("publishers.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
