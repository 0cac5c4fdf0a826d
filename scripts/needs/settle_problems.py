"""Which of the suspected problems the survey bears out.

Method. The list P1, P2, ... holds the weaknesses of the environment stage in their order, then what only the survey
shows: attributes that everybody's map puts into "concentrate" and that pass the same test. A weakness names its test
in its evidence of type ``pipeline``:

``ipa.<attribute>``        performance against the mean of all attributes, in shares of the scale's range; supported
                           when its bootstrap interval lies below 0, contradicted when it lies above.
``whitespace.<product>``   share of unmet demand against the mean of all products; supported when Wilson's interval lies
                           above the mean, contradicted when it lies below.
a number item              settled with the factors (``scripts/environment/test_factors.py``), and taken from there.

Of several tests one that contradicts outweighs, then one that supports. Anything else is "not supported"; a weakness
without a test, or whose test the study cannot make, is "not tested". A problem found in the survey rests on the answers
that suggested it, and is marked so (``source``).

Conflict rule: a strength is contradicted by the opposite result. Contradicted factors are named and left out of an
adjusted score, the weights of the others rescaled to sum 1: sum(w r) / sum(w).

Absent where the study has neither factors nor a map of importance and performance.
"""

from typing import Any, NamedTuple

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.study import read_yaml
from scripts.needs.ratings import ALL

COLUMNS = [
    "problem",
    "position",
    "source",
    "factor",
    "label_en",
    "label_zh",
    "test",
    "test_label_en",
    "test_label_zh",
    "evidence_value",
    "low",
    "high",
    "reference",
    "verdict",
    "contradicted",
]
SUPPORTED, NOT_SUPPORTED, NOT_TESTED = "supported", "not supported", "not tested"


class Finding(NamedTuple):
    """What one test found; ``side`` is 1 for a weakness borne out, -1 for the opposite, 0 for neither."""

    test: str
    label_en: str
    label_zh: str
    value: float
    low: float
    high: float
    reference: float
    side: int


def findings(ipa: pd.DataFrame, white_space: pd.DataFrame) -> dict[str, Finding]:
    """Every test that the survey can make, by name."""
    out = {}
    for _, row in ipa[ipa["group"].eq(ALL)].dropna(subset=["relative_low"]).iterrows():
        side = 1 if row["relative_high"] < 0 else -1 if row["relative_low"] > 0 else 0
        numbers = (row["relative_performance"], row["relative_low"], row["relative_high"], 0.0)
        name = f"ipa.{row['attribute']}"
        out[name] = Finding(name, row["label_en"], row["label_zh"], *map(float, numbers), side)
    everybody = white_space[white_space["group"].eq(ALL)].dropna(subset=["unmet_share"])
    mean = float(everybody["unmet_share"].astype(float).mean()) if len(everybody) else 0.0
    for _, row in everybody.iterrows():
        side = 1 if row["unmet_low"] > mean else -1 if row["unmet_high"] < mean else 0
        numbers = (row["unmet_share"], row["unmet_low"], row["unmet_high"], mean)
        name = f"whitespace.{row['product']}"
        out[name] = Finding(name, row["label_en"], row["label_zh"], *map(float, numbers), side)
    return out


def answered(tests: pd.DataFrame, factors: pd.DataFrame) -> dict[str, Finding]:
    """What the answers to number items found, by item; the side is that of a weakness."""
    out = {}
    for _, row in tests.merge(factors[["factor", "direction"]], on="factor").iterrows():
        holds = {"supported": 1, "contradicted": -1}.get(row["verdict"], 0)
        side = -holds if row["direction"] == "strength" else holds
        numbers = (row["mean"], row["low"], row["high"], row["above"])
        labels = (row["item_label_en"], row["item_label_zh"])
        out[row["item"]] = Finding(row["item"], *labels, *map(float, numbers), side)
    return out


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
    return {
        "test": finding.test,
        "test_label_en": finding.label_en,
        "test_label_zh": finding.label_zh,
        "evidence_value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "reference": finding.reference,
    }


def from_factors(
    factors: pd.DataFrame, tests: dict[str, list[str]], found: dict[str, Finding]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Weaknesses as problems, in the order of the file, and the factors that the survey contradicts."""
    rows, contradicted = [], []
    place = {name: number for number, name in enumerate(tests)}
    ordered = factors.sort_values("factor", key=lambda names: names.map(place).fillna(len(place)), kind="stable")
    for _, factor in ordered[ordered["direction"].isin(["weakness", "strength"])].iterrows():
        weak = factor["direction"] == "weakness"
        finding, against = decisive(tests.get(factor["factor"], []), found, weak)
        if against:
            contradicted.append(factor["factor"])
        if weak:
            verdict = NOT_TESTED if finding is None else SUPPORTED if finding.side == 1 else NOT_SUPPORTED
            names = {name: factor[name] for name in ("factor", "label_en", "label_zh")}
            rows.append(names | _row(finding) | {"source": "factor", "verdict": verdict, "contradicted": against})
    return rows, contradicted


def from_survey(ipa: pd.DataFrame, needs: pd.DataFrame, found: dict[str, Finding], known: set[str]) -> list[dict]:
    """Attributes to concentrate on that no factor has named, heaviest need first."""
    everybody = ipa[ipa["group"].eq(ALL) & ipa["verdict"].eq("concentrate")]
    weight = needs[needs["group"].eq(ALL)].set_index("attribute")["weight"]
    everybody = everybody.assign(weight=everybody["attribute"].map(weight)).sort_values("weight", ascending=False)
    return [
        {
            "label_en": f"{row['label_en']}: important to customers and performed below average",
            "label_zh": f"{row['label_zh']}:客户重视,但表现低于平均",
            "source": "survey",
            "verdict": SUPPORTED,
            "contradicted": False,
            **_row(found[f"ipa.{row['attribute']}"]),
        }
        for _, row in everybody.iterrows()
        if f"ipa.{row['attribute']}" not in known and found[f"ipa.{row['attribute']}"].side == 1
    ]


def number(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The list as a table P1, P2, ..."""
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    table["position"] = range(1, len(table) + 1)
    table["problem"] = [f"P{position}" for position in table["position"]]
    table["contradicted"] = table["contradicted"].eq(True)
    return table


def adjusted_score(factors: pd.DataFrame, contradicted: list[str]) -> dict[str, Any]:
    """Score of the inner factors as given, and without the contradicted ones."""
    inner = factors[factors["direction"].isin(["weakness", "strength"])]
    kept = inner[~inner["factor"].isin(contradicted)]
    scores = [
        float((part["weight"] * part["rating"]).sum() / part["weight"].sum()) if part["weight"].sum() > 0 else None
        for part in (inner, kept)
    ]
    return {"score": scores[0], "score_adjusted": scores[1], "n_factors": len(inner), "n_left_out": len(contradicted)}


def describe(table: pd.DataFrame, factors: pd.DataFrame, contradicted: list[str]) -> dict[str, Any]:
    """Counts, conflicts and the adjusted score."""
    labels = factors.set_index("factor") if len(factors) else pd.DataFrame(columns=["label_en", "label_zh"])
    named = table[table["source"].eq("factor")]
    verdicts = table["verdict"].value_counts()
    warnings = [
        values.warning(
            "factor_contradicted",
            "caution",
            f"The survey contradicts a factor of the environment analysis ({labels.at[name, 'label_en'].rstrip('.')}); "
            "the adjusted score of inner factors leaves it out.",
            f"调查结果与环境分析中的一项因素相矛盾({labels.at[name, 'label_zh'].rstrip('。')});"
            "调整后的内部因素得分不含该项。",
        )
        for name in contradicted
    ]
    return {
        "n_problems": len(table),
        "n_named": len(named),
        "n_named_supported": int(named["verdict"].eq(SUPPORTED).sum()),
        "n_supported": int(verdicts.get(SUPPORTED, 0)),
        "n_not_supported": int(verdicts.get(NOT_SUPPORTED, 0)),
        "n_not_tested": int(verdicts.get(NOT_TESTED, 0)),
        "n_from_survey": int(table["source"].eq("survey").sum()),
        "contradicted": contradicted,
        "inner_factors": adjusted_score(factors, contradicted) if len(factors) else None,
        "warnings": warnings,
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output = snakemake.input, snakemake.output
    factors = tables.read(source.factors)
    ipa = tables.read(source.ipa, text=["group"])
    if factors.empty and ipa.empty:
        tables.write(tables.empty(COLUMNS), output.table, ["position"])
        values.write(
            values.absent(
                "The study has no list of factors, and its survey cannot show which attributes fall short; no problem "
                "is named.",
                "本研究没有因素清单,问卷也无法显示哪些属性表现不足,因此不列出问题。",
            ),
            output.values,
        )
        return
    found = findings(ipa, tables.read(source.white_space, text=["group"]))
    found |= answered(tables.read(source.factor_tests), factors) if len(factors) else {}
    tests = pipeline_tests(read_yaml(source.factors_file)) if source.factors_file else {}
    rows, contradicted = from_factors(factors, tests, found) if len(factors) else ([], [])
    known = {test for names in tests.values() for test in names}
    rows += from_survey(ipa, tables.read(source.needs, text=["group"]), found, known) if len(ipa) else []
    table = number(rows)
    tables.write(table, output.table, ["position"])
    values.write(describe(table, factors, contradicted), output.values)


if __name__ == "__main__":
    run(main, snakemake)
