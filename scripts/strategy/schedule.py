"""From prerequisites to a plan in quarters.

A task starts at its earliest quarter or after the last of its prerequisites has ended, whichever is later, and takes
its length. Quarters count from 1. The tasks and their prerequisites must be free of circles, and every prerequisite
must be a task (scripts/strategy/faults.py tells where that is not so).
"""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple


class Task(NamedTuple):
    """What is planned."""

    earliest: int
    length: int
    prerequisites: Sequence[str]


class Span(NamedTuple):
    """First and last quarter of a task."""

    start: int
    end: int


def circle(tasks: Mapping[str, Task]) -> list[str] | None:
    """A circle of prerequisites, its first task again at the end; None where there is none."""
    try:
        TopologicalSorter({name: task.prerequisites for name, task in tasks.items()}).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return None


def plan(tasks: Mapping[str, Task]) -> dict[str, Span]:
    """Start and end of each task."""
    spans: dict[str, Span] = {}
    for name in TopologicalSorter({name: task.prerequisites for name, task in tasks.items()}).static_order():
        task = tasks[name]
        start = max([task.earliest, *(spans[needed].end + 1 for needed in task.prerequisites)])
        spans[name] = Span(start, start + task.length - 1)
    return spans


def quarter_name(start: str | None, number: int) -> str | None:
    """Calendar name of the plan's n-th quarter, when the plan's first quarter is known: 2027Q1, 2 -> 2027Q2."""
    if start is None:
        return None
    year, quarter = start.split("Q")
    years, later = divmod(int(quarter) - 1 + number - 1, 4)
    return f"{int(year) + years}Q{later + 1}"
