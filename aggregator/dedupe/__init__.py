"""Which postings are one vacancy, with the reason in words. Pure; what is stored is asked through `Index`.

`keys` are what the store keeps for each posting, `link` gives each posting its vacancy, `compare` tells what speaks for
and against two postings being one job.
"""

from aggregator.dedupe.compare import Comparison, compare
from aggregator.dedupe.index import Index
from aggregator.dedupe.link import link
from aggregator.dedupe.memory import MemoryIndex
from aggregator.dedupe.pipe import dedupe_lines
from aggregator.dedupe.profile import Profile, keys, profile

__all__ = ["Comparison", "Index", "MemoryIndex", "Profile", "compare", "dedupe_lines", "keys", "link", "profile"]
