"""体检: faults that no single document shows, found by asking a solver and confirmed by the interpreter."""

from jixiang.readings.health.check import JUMP, check_health
from jixiang.readings.health.count import Known, count
from jixiang.readings.health.finding import KINDS, Example, Finding, Health, Kind, Undecided

__all__ = ["JUMP", "KINDS", "Example", "Finding", "Health", "Kind", "Known", "Undecided", "check_health", "count"]
