"""Who moved how many places between two builds: measures, needs, products and groups.

A move that stays inside the rank interval of the first build is no news: its draws gave that place too. Groups are
numbered by size, so that a number may mean another group in another build: groups of one name are the same group, and
of those left over the ones of one number. What is told of a group that only one build has is not compared.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scripts.chapters import shown

GROUPS = "segments/groups.csv"
EVERYBODY = "all"
INTERVAL = ("rank_low", "rank_high")
FIRST = 3  # places whose holders are named
Row = Mapping[str, str]


class Ranking(NamedTuple):
    """A table with a rank, or with the places of a short list; ``interval`` names its columns where it has them."""

    title: str
    file: str
    item: str
    place: str
    interval: tuple[str, ...] = ()


RANKINGS = (
    Ranking("Measures by TOPSIS", "strategy/ranking.csv", "measure", "rank_topsis", INTERVAL),
    Ranking("First measures of a group", "strategy/bundles.csv", "measure", "position"),
    Ranking("Management focus: first needs", "needs/management_focus.csv", "attribute", "position"),
    Ranking("Service content: first products", "needs/service_content.csv", "product", "position"),
    Ranking("Service strategy: aspects", "needs/service_strategy.csv", "aspect", "position"),
    Ranking("Problems by their evidence", "needs/problems.csv", "label_en", "rank"),
    Ranking("Groups by size", GROUPS, "group", "position"),
    Ranking("Needs by weight", "needs/needs.csv", "attribute", "rank", INTERVAL),
    Ranking("Measures by weighted sum", "strategy/ranking.csv", "measure", "rank_weighted_sum"),
    Ranking("Measures by TOPSIS, strengths of the sensitivity", "strategy/ranking.csv", "measure", "rank_135"),
)


class Groups(NamedTuple):
    """The groups of two builds; ``same`` leads from a number in the first to that in the second."""

    same: Mapping[str, str]
    gone: frozenset[str]  # numbers in the first build
    new: frozenset[str]  # numbers in the second
    names: Mapping[str, str]  # by number in the second

    def first(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of the first build with the numbers of the second, without the groups that are gone."""
        kept = [row for row in rows if row.get("group") not in self.gone]
        return [{**row, "group": self.same.get(row["group"], row["group"])} if "group" in row else row for row in kept]

    def second(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of the second build, without the groups that are new."""
        return [row for row in rows if row.get("group") not in self.new]


def match(before: Sequence[Row], after: Sequence[Row]) -> Groups:
    """Which groups of two builds are the same, from the rows of their tables of groups."""
    names = {row["label_en"]: row["group"] for row in after}
    same = {row["group"]: names[row["label_en"]] for row in before if row["label_en"] in names}
    left = {row["group"] for row in after} - set(same.values())
    same |= {row["group"]: row["group"] for row in before if row["group"] not in same and row["group"] in left}
    gone = frozenset(row["group"] for row in before if row["group"] not in same)
    new = frozenset(row["group"] for row in after if row["group"] not in same.values())
    return Groups(same, gone, new, {row["group"]: row["label_en"] for row in after})


class Place(NamedTuple):
    """The place of one item in two builds; ``None`` where it has none."""

    key: Row
    label: str
    before: float | None
    after: float | None
    intervals: tuple[str, ...] = ()  # in the two builds
    inside: bool = False  # now within the interval of the first build

    @property
    def note(self) -> str:
        """How far it moved, and the rank interval then and now."""
        if self.before is None or self.after is None:
            told = "enters" if self.before is None else "leaves"
        else:
            told = f"{'up' if self.before > self.after else 'down'} {abs(self.before - self.after):g}"
        return told + ("; interval {}, now {}".format(*self.intervals) if self.intervals else "")


def label(row: Row, groups: Mapping[str, str]) -> str:
    """What a row is about, in words: its label, and the group unless it is everybody."""
    return ", ".join(
        dict.fromkeys(text for text in (row.get("label_en", ""), groups.get(row.get("group", ""), "")) if text)
    )


def places(ranking: Ranking, before: Sequence[Row], after: Sequence[Row], names: Mapping[str, str]) -> list[Place]:
    """Every item that has a place in one of two builds; measures that are ranked apart have none among the others.

    Parameters
    ----------
    ranking : which columns hold item, place and interval.
    before, after : rows of its table in the two builds, with the groups' numbers of the second.
    names : names of the groups.
    """
    rows = [*before, *after]
    columns = [name for name in dict.fromkeys(("group", ranking.item)) if any(name in row for row in rows)]
    keyed = [
        {tuple(row[name] for name in columns): row for row in part if row.get("apart") != "yes"}
        for part in (before, after)
    ]
    found = []
    for key in {**keyed[0], **keyed[1]}:
        old, new = (part.get(key, {}) for part in keyed)
        limits = [[number(row.get(name, "")) for name in ranking.interval] for row in (old, new)]
        place = Place(
            dict(zip(columns, key, strict=True)),
            label(new or old, names),
            number(old.get(ranking.place, "")),
            number(new.get(ranking.place, "")),
        )
        if place.after is not None and limits[0] and None not in (*limits[0], *limits[1]):
            said = tuple(" to ".join(f"{limit:g}" for limit in pair) for pair in limits)
            place = place._replace(intervals=said, inside=limits[0][0] <= place.after <= limits[0][1])
        found.append(place)
    return [place for place in found if (place.before, place.after) != (None, None)]


def number(cell: str) -> float | None:
    """A cell as a number; None for a blank cell and for a text."""
    value = shown.parse(cell)
    return float(value) if isinstance(value, int | float) else None


def moved(found: Sequence[Place]) -> list[Place]:
    """Items whose place changed: first what enters or leaves, then the largest moves, then the better places."""

    def importance(place: Place) -> tuple[bool, float, float, str]:
        held = [one for one in (place.before, place.after) if one is not None]
        return len(held) == 2, min(held) - max(held), min(held), place.label

    return sorted((place for place in found if place.before != place.after), key=importance)


def head(found: Sequence[Place], second: bool) -> str:
    """Who holds the first places for everybody, in one of the two builds."""
    held = [
        (place.after if second else place.before, place.label)
        for place in found
        if place.key.get("group", EVERYBODY) == EVERYBODY
    ]
    return "; ".join(text for place, text in sorted((p, t) for p, t in held if p is not None and p <= FIRST))
