"""The static web site: `build(data, folder) -> SiteReport`, `page_address` for links to its pages, and `feed_of` for
the open vacancies in one file.
"""

from publishers.site.build import build, feed_of
from publishers.site.data import SiteData, SiteReport
from publishers.site.views import page_address

__all__ = ["SiteData", "SiteReport", "build", "feed_of", "page_address"]
