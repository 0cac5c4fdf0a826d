"""From prerequisites to a plan in quarters.

A task starts at its earliest quarter or after the last of its prerequisites has ended, whichever is later, and takes
its length. Quarters count from 1. The tasks and their prerequisites must be free of circles.
"""

import re
from collections.abc import Mapping, Sequence
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


def plan(tasks: Mapping[str, Task]) -> dict[str, Span]:
    """Start and end of each task.

    Raises
    ------
    ValueError
        For a prerequisite that is no task, and for a circle, which the message spells out.
    """
    spans: dict[str, Span] = {}
    for name in tasks:
        _place(name, tasks, spans, [])
    return spans


def _place(name: str, tasks: Mapping[str, Task], spans: dict[str, Span], trail: list[str]) -> Span:
    if name in spans:
        return spans[name]
    if name in trail:
        circle = " -> ".join([*trail[trail.index(name) :], name])
        raise ValueError(
            f"measure {name}, prerequisites: found the circle {circle}; allowed: no circle; remove one of these "
            "prerequisites"
        )
    task = tasks[name]
    ends = []
    for needed in task.prerequisites:
        if needed not in tasks:
            raise ValueError(
                f"measure {name}, prerequisites: found {needed}; allowed: the id of a measure or of a safeguard; "
                "correct it or remove it"
            )
        ends.append(_place(needed, tasks, spans, [*trail, name]).end)
    start = max([task.earliest, *(end + 1 for end in ends)])
    spans[name] = Span(start, start + task.length - 1)
    return spans[name]


def quarter_name(start: str | None, number: int) -> str | None:
    """Calendar name of the plan's n-th quarter, when the plan's first quarter is known: 2027Q1, 2 -> 2027Q2.

    Raises
    ------
    ValueError
        If ``start`` is no quarter such as 2027Q1.
    """
    if start is None:
        return None
    match = re.fullmatch(r"(\d{4})Q([1-4])", start)
    if not match:
        raise ValueError(f"found {start!r}; allowed: a quarter such as 2027Q1; correct strategy.start of the study")
    years, quarter = divmod(int(match[2]) - 1 + number - 1, 4)
    return f"{int(match[1]) + years}Q{quarter + 1}"
