"""The static web site: `build(data, folder) -> SiteReport`, and `page_address` for links to its pages."""

from publishers.site.build import build
from publishers.site.data import SiteData, SiteReport
from publishers.site.views import page_address, vacancy_address

__all__ = ["SiteData", "SiteReport", "build", "page_address", "vacancy_address"]
