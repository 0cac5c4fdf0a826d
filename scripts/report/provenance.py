"""The rows of the provenance table: what is shown, the file and the place in it, the rule and the file's hash.

The text of a report holds these tables without their rows, and each format writes them from the log of uses: a quarter
of all words would be theirs, and would go through Markdown and pandoc for every format.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scripts.chapters.shown import clean, coded, pointed
from scripts.lib.job import InputError

HEADS = ("Shown", "File and place in it", "Rule and SHA-256")
SHOWN = 28  # signs of a text that print
DIGITS = 12  # digits of a hash that print; audit/provenance.json has all 64


class Row(NamedTuple):
    """One use.

    Attributes
    ----------
    use : its identifier; the row's place is ``prov-`` and this.
    place : where the report shows it.
    shown : what is shown, cut; of a table or figure the label.
    where, made : file and place in it, rule and beginnings of hashes; each a piece of code.
    """

    use: str
    place: str
    shown: str
    where: list[str]
    made: list[str]


def rows_of(
    uses: Mapping[str, Mapping[str, Any]], attributes: Mapping[str, str], labels: Mapping[str, str]
) -> Iterator[Row]:
    """The rows of one table, in the order of the text.

    Parameters
    ----------
    uses : the log of uses by identifier.
    attributes : those of the table: the number of the chapter (``provenance``), the folder of all files (``root``).
    labels : "Table 4.2" by the identifier of a table or figure.

    Raises
    ------
    InputError
        If the report does not hold a table or figure that the log knows.
    """
    for use in uses.values():
        if use["chapter"] == int(attributes["provenance"]):
            yield _row(use, attributes["root"], labels)


def _row(use: Mapping[str, Any], root: str, labels: Mapping[str, str]) -> Row:
    if "label" in use:
        if use["label"] not in labels:
            raise InputError(f"the report has no table or figure {use['label']}, which the log of uses knows")
        place, shown = use["label"], labels[use["label"]]
    else:
        place, text = use["id"], clean(use["shown"])
        shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"
    files = [use["file"], *([use["data"]] if "data" in use else [])]
    hashes = [use["sha256"], *([use["data_sha256"]] if "data" in use else [])]
    where = [*(coded(file.removeprefix(root)) for file in files), pointed(use)]
    return Row(
        use["id"], place, shown, [part for part in where if part], [use["rule"], *(one[:DIGITS] for one in hashes)]
    )
