"""Flag careless answers: seven indices, and an answer is flagged only when at least two of them agree.

Indices, limits and verdict: METHODS, "Screening careless answers"; which items enter which index, and what cannot be
computed, in scripts/survey/screening.py; the formulas in scripts/survey/careless.py. What happens to flagged answers
(keep or drop) is the study's choice, and the main results are given both ways (needs/compare_screening). Above
``stop_flagged`` the report ends the chapter after data quality and says why.

Which indices agree is counted by pair; a count below ``min_cell`` is not shown. No sum over pairs is shown, so that
no hidden count can be worked out.
"""

from itertools import combinations
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.survey.screening import INDICES, Plan, answers_of, make_plan, rated_items, screen

LIMITS = {
    "longstring": ("longstring_share", "Longest run of one answer", "最长相同作答", "of a block", "占题组"),
    "variability": (
        "irv_floor",
        "Variability of the answers",
        "个体作答变异",
        "SD, five-point scale",
        "标准差，五分制",
    ),
    "mahalanobis": ("mahalanobis_p", "Mahalanobis distance", "马氏距离", "tail probability", "尾概率"),
    "even_odd": ("even_odd_floor", "Even-odd consistency", "奇偶一致性", "correlation", "相关"),
    "synonyms": ("synonyms_floor", "Synonym consistency", "同义题一致性", "correlation", "相关"),
    "seconds_per_item": ("seconds_per_item", "Time per item", "每题用时", "seconds", "秒"),
    "attention": (None, "Attention check", "注意力检测题", None, None),
}
PAIRS = ["index", "other", "n_computed", "n_crossed", "suppressed"]


def flag_table(rows: pd.DataFrame, survey: dict[str, Any], plan: Plan) -> pd.DataFrame:
    """One row an index: its limit, for how many it was computed, how many cross it, and why where it was not."""
    out = []
    for position, (name, (setting, en, zh, unit_en, unit_zh)) in enumerate(LIMITS.items(), start=1):
        computed, crossed = int(rows[name].notna().sum()), int(rows[f"flag_{name}"].sum())
        none: tuple[str | None, str | None] = (None, None)
        why = plan.why_not.get(name, ("nobody's answers allow it", "无答卷可供计算") if not computed else none)
        row = {"position": position, "index": name, "label_en": en, "label_zh": zh}
        row |= {"limit": survey[setting] if setting else None, "unit_en": unit_en, "unit_zh": unit_zh}
        row |= {"computed": computed > 0, "n_computed": computed}
        row |= {"n_crossed": crossed, "share_crossed": crossed / computed if computed else None}
        out.append(row | {"reason_en": why[0], "reason_zh": why[1]})
    return pd.DataFrame(out)


def pair_table(rows: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """One row a pair of indices: answers for which both could be computed, and answers that cross both limits."""
    out = []
    for one, other in combinations(INDICES, 2):
        both = int((rows[one].notna() & rows[other].notna()).sum())
        crossed = int((rows[f"flag_{one}"] & rows[f"flag_{other}"]).sum())
        hidden = 0 < crossed < min_cell
        out.append([one, other, both, pd.NA if hidden else crossed, hidden])
    return pd.DataFrame(out, columns=PAIRS).astype({"n_crossed": "Int64"})


def share_warnings(share: float, survey: dict[str, Any]) -> list[dict[str, Any]]:
    """What the share of flagged answers means for the reader."""
    if share > survey["stop_flagged"]:
        return [
            values.warning(
                "careless_stop",
                "serious",
                f"{share:.0%} of the answers look careless, above the limit of {survey['stop_flagged']:.0%}; "
                "conclusions from these answers would rest on noise.",
                f"{share:.0%}的答卷疑似随意作答,超过{survey['stop_flagged']:.0%}的上限,不宜据此下结论。",
            )
        ]
    if share > survey["caution_flagged"]:
        return [
            values.warning(
                "careless_many",
                "caution",
                f"{share:.0%} of the answers look careless; read the results with and without them.",
                f"{share:.0%}的答卷疑似随意作答,请对照剔除前后的结果阅读。",
            )
        ]
    return []


def repeated_warnings(plan: Plan, book: pd.DataFrame) -> list[dict[str, Any]]:
    """Items that everybody answered like an earlier one: they leave the distance, and say so."""
    if not plan.repeated:
        return []
    labels = rated_items(book)
    en, zh = (
        "; ".join(f"{labels.at[item, name]} = {labels.at[before, name]}" for item, before in plan.repeated)
        for name in ("label_en", "label_zh")
    )
    return [
        values.warning(
            "items_repeated",
            "caution",
            f"Everybody answered these items alike, as if they were one: {en}. Look for a column that was exported "
            "twice; the second of each pair leaves the Mahalanobis distance.",
            f"以下题项的回答完全相同：{zh}。请检查是否重复导出；每对中的后一题不进入马氏距离。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    survey = snakemake.params.survey
    responses = tables.read(snakemake.input.responses)
    book = tables.read(snakemake.input.codebook)
    answers = answers_of(responses, book)
    plan = make_plan(answers, book, survey)
    rows = screen(answers, plan, survey)
    rows.insert(0, "respondent", responses["respondent"])
    flagged, dropped = rows["flagged"], survey["flagged"] == "drop"
    share = float(flagged.mean())
    tables.write(rows, snakemake.output.careless, ["respondent"])
    tables.write(flag_table(rows, survey, plan), snakemake.output.flags, ["position"])
    tables.write(pair_table(rows, snakemake.params.min_cell), snakemake.output.pairs, ["index", "other"])
    values.write(
        {
            "n": len(rows),
            "n_flagged": int(flagged.sum()),
            "share_flagged": share,
            "flags_needed": survey["flags_needed"],
            "treatment": survey["flagged"],
            "n_used": int((~flagged).sum()) if dropped else len(rows),
            "stopped": share > survey["stop_flagged"],
            "n_indices": int(rows[list(INDICES)].notna().any().sum()),
            "warnings": share_warnings(share, survey) + repeated_warnings(plan, book),
        },
        snakemake.output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
