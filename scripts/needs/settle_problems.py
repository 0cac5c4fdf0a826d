"""Which of the supposed problems the data bear out, ranked.

The list holds the weaknesses of the environment stage, and those of its threats whose test can be made, in the order of
the file; the two tests of concentration where no factor names them; and what the answers alone suggest: attributes that
everybody's map puts into "concentrate", and products, that pass the same test. P1, P2, ... number it in this order.

A factor names its tests in its evidence of type ``pipeline`` (scripts/needs/evidence.py). Of several tests one that
contradicts outweighs, then one that supports. ``verdict``: "supported" when the interval lies beyond the reference on
the side of a problem; "not tested" for a factor without a test that can be made, for one that only a proxy backs, and
for what the answers suggest (``source`` survey): the answers that suggest a problem cannot test it; else "not
supported".

Rank: supported problems, then those that are backed and not tested, then those not supported, at last those without a
test; within each by ``beyond``, how far the near end of the interval lies beyond the reference. That is a part of the
scale, of the customers, of the market or of the value, so that it orders and does not compare; the answer to a number
item is no part of anything and stands last.

Conflict rule: a strength is contradicted by the opposite result. Contradicted inner factors are named and left out of
an adjusted score, the weights of the others rescaled to sum 1: mean weighted scores by mean weights, sum by sum.

Absent where the study has neither factors nor a map of importance and performance nor a measured concentration.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.study import read_yaml
from scripts.needs import evidence, problem_words
from scripts.needs.evidence import Finding
from scripts.needs.problem_words import NOT_SUPPORTED, NOT_TESTED, SUPPORTED
from scripts.needs.ratings import ALL

SHARE = ["evidence_value", "low", "high", "reference"]  # parts of the scale, the customers, the market or the value
ANSWER = ["answer", "answer_low", "answer_high", "answer_reference"]  # mean answer to a number item, in its unit
GAP = ["gap", "gap_low", "gap_high", "gap_p_bh"]
TESTED = ["kind", "test", "test_label_en", "test_label_zh", *SHARE, *ANSWER, "beyond", *GAP]
COLUMNS = [
    "problem",
    "position",
    "rank",
    "source",
    "factor",
    "label_en",
    "label_zh",
    *TESTED,
    "verdict",
    "contradicted",
]
INNER = ("weakness", "strength")
TIERS = {(SUPPORTED, True): 0, (NOT_TESTED, True): 1, (NOT_SUPPORTED, True): 2, (NOT_TESTED, False): 3}


def pipeline_tests(document: Any) -> dict[str, list[str]]:
    """Tests that each factor of the study's factors file names, in the order of the file."""
    factors = [factor for matrix in document["factors"]["matrices"] for factor in matrix["factors"]]
    return {
        factor["id"]: [str(proof["value"]) for proof in factor["evidence"] if proof["type"] == "pipeline"]
        for factor in factors
    }


def decisive(tests: list[str], found: dict[str, Finding], weak: bool) -> tuple[Finding | None, bool]:
    """The finding that settles a factor, and whether it contradicts it."""
    made = [found[test] for test in tests if test in found]
    sign = 1 if weak else -1
    for side in (-1, 1, 0):
        for finding in made:
            if sign * finding.side == side:
                return finding, side == -1
    return None, False


def _row(finding: Finding | None) -> dict[str, Any]:
    if finding is None:
        return {}
    counted = finding.low == finding.high  # a full count, which has no interval
    low, high = (None, None) if counted else (finding.low, finding.high)
    numbers = (finding.value, low, high, finding.reference)
    return {
        "kind": finding.kind,
        "test": finding.test,
        "test_label_en": finding.label_en,
        "test_label_zh": finding.label_zh,
        **dict(zip(ANSWER if finding.kind == "number" else SHARE, numbers, strict=True)),
        "beyond": finding.beyond,
    } | dict(zip(GAP, finding.gap, strict=True))


def verdict(finding: Finding | None) -> str:
    """What a problem named beforehand comes out as."""
    if finding is None or (finding.side == 1 and finding.test in problem_words.PROXIES):
        return NOT_TESTED
    return SUPPORTED if finding.side == 1 else NOT_SUPPORTED


def from_factors(
    factors: pd.DataFrame, tests: dict[str, list[str]], found: dict[str, Finding]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Weaknesses and tested threats as problems, in the order of the file; factors that the data contradict."""
    rows, contradicted = [], []
    place = {name: number for number, name in enumerate(tests)}
    ordered = factors.sort_values("factor", key=lambda names: names.map(place).fillna(len(place)), kind="stable")
    for _, factor in ordered[ordered["direction"].isin([*INNER, "threat"])].iterrows():
        weak = factor["direction"] != "strength"
        finding, against = decisive(tests.get(factor["factor"], []), found, weak)
        if against:
            contradicted.append(factor["factor"])
        if factor["direction"] == "weakness" or (weak and finding is not None):
            names = {name: factor[name] for name in ("factor", "label_en", "label_zh")}
            also = {"source": "factor", "verdict": verdict(finding), "contradicted": against}
            rows.append(names | _row(finding) | also)
    return rows, contradicted


def from_concentration(found: dict[str, Finding], known: set[str]) -> list[dict[str, Any]]:
    """The tests of concentration that no factor names: each is made wherever its figures are there."""
    return [
        _row(found[test])
        | {"label_en": en, "label_zh": zh, "source": "method", "verdict": verdict(found[test]), "contradicted": False}
        for test, (en, zh) in problem_words.CONCENTRATION.items()
        if test in found and test not in known
    ]


def from_survey(ipa: pd.DataFrame, found: dict[str, Finding], known: set[str]) -> list[dict[str, Any]]:
    """Attributes to concentrate on and products that are wanted more than others, as far as nobody has named them."""
    urgent = ipa[ipa["group"].eq(ALL) & ipa["verdict"].eq("concentrate")]
    tests = [f"ipa.{name}" for name in urgent["attribute"]] + [t for t in found if t.startswith("whitespace.")]
    passed = [found[test] for test in tests if test in found and test not in known and found[test].side == 1]
    return [
        _row(finding)
        | {
            "label_en": f"{finding.label_en}: {problem_words.SUGGESTED[finding.kind][0]}",
            "label_zh": f"{finding.label_zh}:{problem_words.SUGGESTED[finding.kind][1]}",
            "source": "survey",
            "verdict": NOT_TESTED,
            "contradicted": False,
        }
        for finding in sorted(passed, key=lambda finding: (finding.kind, -round(finding.beyond, 9), finding.test))
    ]


def number(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The list as a table P1, P2, ... with the rank of each problem."""
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    table["position"] = range(1, len(table) + 1)
    table["problem"] = [f"P{position}" for position in table["position"]]
    table["contradicted"] = table["contradicted"].eq(True)
    tier = [TIERS[said, tested] for said, tested in zip(table["verdict"], table["test"].notna(), strict=True)]
    keys = pd.DataFrame({"tier": tier, "beyond": -table["beyond"].astype(float).round(9), "at": table["position"]})
    order = keys.sort_values(["tier", "beyond", "at"]).index
    table["rank"] = pd.Series(range(1, len(table) + 1), index=order)
    return table


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    factors, ipa = tables.read(source.factors), tables.read(source.ipa, text=["group"])
    made = evidence.of_attributes(ipa) + evidence.of_products(tables.read(source.white_space, text=["group"]))
    made += evidence.of_market(values.read(source.concentration))
    needs, groups = params.needs, tables.read(source.customer_groups, text=["group_id"])
    made += evidence.of_value(groups, needs["dependence"], params.min_cell, needs["draws"], params.seed)
    if factors.empty and ipa.empty and not made:
        tables.write(tables.empty(COLUMNS), output.table, ["position"])
        values.write(values.absent(**problem_words.NOTHING), output.values)
        return
    if len(factors):
        made += evidence.of_numbers(tables.read(source.factor_tests), factors)
    found = {finding.test: finding for finding in made}
    tests = pipeline_tests(read_yaml(source.factors_file)) if source.factors_file else {}
    rows, contradicted = from_factors(factors, tests, found) if len(factors) else ([], [])
    known = {test for names in tests.values() for test in names}
    table = number(rows + from_concentration(found, known) + from_survey(ipa, found, known))
    tables.write(table, output.table, ["position"])
    values.write(problem_words.describe(table, factors, contradicted, needs["dependence"]), output.values)


if __name__ == "__main__":
    run(main, snakemake)
