"""WhatsApp basic (IMP-3): a fixed price per market and pricing category, wide or one row each.

Levels are WhatsApp region, pricing category and, where the target has it, pricing type *Regular*.
"""

from __future__ import annotations

from importers.kinds import standard
from importers.matching.job import Gathered, Habits, Job

PRICING_TYPE = ("pricing_type", "regular")

# Meta's cards write "n/a" or "--" for a category that a market does not have (no rate, not an
# error), and 0 for service conversations, which its guide calls free.
HABITS = Habits(
    words={"n/a": "skip", "--": "skip", "-": "skip", "na": "skip"},
    free_zero=(("pricing_category", "service"),),
)


def gather(job: Job) -> Gathered:
    """Return the rates of a base card."""
    return standard.gather(with_pricing_type(job), HABITS)


def with_pricing_type(job: Job) -> Job:
    """Return the job with pricing type *Regular* for all rows if that level has no source."""
    attribute = PRICING_TYPE[0]
    settings = job.settings
    declared = {u.attribute for u in settings.columns} | {a for a, _ in settings.constants}
    if attribute not in settings.levels or attribute in declared:
        return job
    return job.with_settings(settings.with_changes(constants=(*settings.constants, PRICING_TYPE)))
