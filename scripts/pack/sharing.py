"""What may leave the house in a reviewer's pack, and why the rest stays.

Rows about one customer or respondent never leave: neither ``confidential/`` nor the study's answers and customer list,
unless SOURCES.csv declares these ``published``. Any other raw file leaves if its declared licence lets it be handed on
(a licence that is not known to do so counts as one that does not). What an installed package carries is not copied.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from scripts.audit.lineage import PACKAGES

ROWS = ("responses", "customers")  # files of a study with a row a respondent or customer, by their key in its YAML
FREE = re.compile(
    r"(CC0|CC[ -]BY|MIT|Apache|BSD|GPL|ODbL|PDDL|public domain|bibliographic facts|facts)\b", re.IGNORECASE
)
CONFIDENTIAL = "rows about one customer or respondent"
LICENCE = "its licence is not known to let it be handed on: {}"
CARRIED = "read from an installed package, which carries it"


def withheld(
    paths: Iterable[str], study: str, keys: Mapping[str, str], declared: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Why files stay, by path; a file that is not named may leave.

    Parameters
    ----------
    paths : every file that a build is made of or has made.
    study : name of the study.
    keys : name of each raw file in the study's YAML, by path.
    declared : row of SOURCES.csv of each raw file, by path.
    """
    reasons = {path: _reason(path, study, keys.get(path), declared.get(path)) for path in paths}
    return {path: reason for path, reason in reasons.items() if reason}


def _reason(path: str, study: str, key: str | None, source: Mapping[str, Any] | None) -> str | None:
    if PACKAGES in path:
        return CARRIED
    if PurePosixPath(path).is_relative_to(f"results/{study}/confidential"):
        return CONFIDENTIAL
    if key in ROWS and source is not None and source["kind"] != "published":
        return CONFIDENTIAL
    if source is not None and not FREE.match(source["licence"]):
        return LICENCE.format(source["licence"] or "none is declared")
    return None
