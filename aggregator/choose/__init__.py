"""Which content goes into which slot, so that every partner gets what it was promised. Pure.

`slots` turns campaigns into moments, `plan` fills them, `standings` counts what was delivered against what was
promised, `why_not` says what keeps a vacancy out, and `facts` is what the ledger records of a content.
"""

from aggregator.choose.calendar import red_days, slots
from aggregator.choose.ledger import standings
from aggregator.choose.plan import plan
from aggregator.choose.rules import facts, needs_no_degree, why_not

__all__ = ["facts", "needs_no_degree", "plan", "red_days", "slots", "standings", "why_not"]
