"""WhatsApp tier (IMP-3)."""

from importers.job import Gathered, Job
from importers.kinds import standard


def gather(job: Job) -> Gathered:
    return standard.gather(job)
