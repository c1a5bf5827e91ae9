"""The static web site: `build(data, folder) -> SiteReport`, and `vacancy_address` for links to its pages."""

from publishers.site.build import build
from publishers.site.data import SiteData, SiteReport
from publishers.site.views import vacancy_address

__all__ = ["SiteData", "SiteReport", "build", "vacancy_address"]
