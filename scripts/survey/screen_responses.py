"""Flag careless answers: seven indices, and an answer is flagged only when at least two of them agree.

Longest run and variability are computed on the answers as given, the consistencies after reverse keying. The run is
taken in each block of at least ten rating questions that is not at its ceiling; limits are the study's (METHODS,
"Screening careless answers"). An index that cannot be computed does not count. Even-odd and synonym consistency see
the same thing, that a person's answers hang together: on careful simulated answers the two together flagged 6 to 7 %,
so they count as one of the two that are needed, which brings it below 1 %. What happens to flagged answers (keep or
drop) is the study's choice; the main means are given both ways. Above ``stop_flagged`` the report ends the chapter
after data quality and says why.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.survey import careless

BLOCK = 10  # items below which half of a block is a run that attentive people often make too
PER_ITEM = 3  # answers per item below which a Mahalanobis distance says nothing
CONSISTENCIES = ("even_odd", "synonyms")


def rating_matrix(responses: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """Answers to all rating items as numbers, "not applicable" and missing both NaN, columns in order."""
    rated = book[book["type"].eq("likert") & ~book["role"].eq("attention_check")]
    frame = responses[rated["item"].tolist()].astype(float)
    codes = rated.set_index("item")["na_code"].astype(float)
    return frame.mask(frame.eq(codes, axis="columns"))


def blocks(matrix: pd.DataFrame, book: pd.DataFrame, ceiling: float) -> list[list[str]]:
    """Rating items that stand together (same section, role and scale), at least ``BLOCK`` of them.

    A block whose typical item has more than ``ceiling`` of the answers at its top code is left out: there, one long run
    is what a careful person gives.
    """
    rated = book[book["item"].isin(matrix.columns)]
    top = rated.set_index("item")["scale_max"].astype(float)
    at_top = matrix.eq(top, axis="columns").sum() / matrix.notna().sum()
    together = rated.groupby(["section", "role", "scale"], sort=False)["item"].agg(list)
    return [items for items in together if len(items) >= BLOCK and at_top[items].median() <= ceiling]


def keyed(matrix: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """The ratings with negatively keyed items turned round."""
    rows = book.set_index("item").loc[matrix.columns]
    turned = rows["scale_min"].astype(float) + rows["scale_max"].astype(float) - matrix
    return matrix.where(rows["keyed"].eq(1), turned)


def index_table(responses: pd.DataFrame, book: pd.DataFrame, survey: dict[str, Any]) -> pd.DataFrame:
    """One row a respondent: each index and whether it crosses its limit (columns <index> and flag_<index>)."""
    matrix = rating_matrix(responses, book)
    answers, upright = matrix.to_numpy(), keyed(matrix, book)
    out = pd.DataFrame({"respondent": responses["respondent"]})
    together = blocks(matrix, book, survey["ceiling_share"])
    runs = [careless.longstring(matrix[items].to_numpy()) / len(items) for items in together]
    out["longstring"] = np.max(runs, axis=0) if runs else np.nan
    out["variability"] = careless.response_variability(answers)
    varied = np.nanstd(answers, axis=0) > 0
    enough = len(matrix) >= PER_ITEM * varied.sum() and varied.sum() >= 2
    out["mahalanobis"], tail = careless.mahalanobis(answers[:, varied]) if enough else (np.nan, np.nan)
    constructs = book[book["construct"].notna() & book["item"].isin(matrix.columns)]
    scales = [upright[items].to_numpy() for items in constructs.groupby("construct", sort=False)["item"].agg(list)]
    out["even_odd"] = careless.even_odd(scales) if scales else np.nan
    out["synonyms"], _ = careless.synonyms(upright.to_numpy()[:, varied]) if enough else (np.nan, 0)
    asked = book["item"].str.contains("__").eq(False).sum()
    out["seconds_per_item"] = responses["seconds"].astype(float) / asked
    checks = book[book["role"].eq("attention_check")].set_index("item")["expected"]
    given = responses[checks.index].astype(float)
    wrong = (given.ne(checks.astype(float), axis="columns") & given.notna()).any(axis=1)
    out["attention"] = np.where(given.notna().any(axis=1), wrong, np.nan) if len(checks) else np.nan
    flags = {
        "longstring": out["longstring"] > survey["longstring_share"],
        "variability": out["variability"] < survey["irv_floor"],
        "mahalanobis": pd.Series(tail, index=out.index) < survey["mahalanobis_p"],
        "even_odd": out["even_odd"] < survey["even_odd_floor"],
        "synonyms": out["synonyms"] < survey["synonyms_floor"],
        "seconds_per_item": out["seconds_per_item"] < survey["seconds_per_item"],
        "attention": out["attention"] > 0,
    }
    for name, flag in flags.items():
        out[f"flag_{name}"] = flag
    votes = [flag for name, flag in flags.items() if name not in CONSISTENCIES]
    votes.append(flags["even_odd"] | flags["synonyms"])
    out["n_flags"] = sum(vote.astype(int) for vote in votes)
    out["flagged"] = out["n_flags"] >= survey["flags_needed"]
    return out


LIMITS = {
    "longstring": ("longstring_share", "Longest run of one answer, share of its block", "最长相同作答占比"),
    "variability": ("irv_floor", "Variability of a respondent's answers (SD)", "个体作答变异度"),
    "mahalanobis": ("mahalanobis_p", "Mahalanobis distance, tail probability", "马氏距离尾概率"),
    "even_odd": ("even_odd_floor", "Even-odd consistency", "奇偶一致性"),
    "synonyms": ("synonyms_floor", "Consistency over psychometric synonyms", "同义题一致性"),
    "seconds_per_item": ("seconds_per_item", "Seconds per item", "每题用时(秒)"),
    "attention": (None, "Attention check answered wrongly", "注意力检测题答错"),
}


def flag_table(careless_rows: pd.DataFrame, survey: dict[str, Any]) -> pd.DataFrame:
    """One row an index: its limit, for how many it could be computed, how many cross it."""
    rows = []
    for position, (name, (setting, en, zh)) in enumerate(LIMITS.items(), start=1):
        computed = int(careless_rows[name].notna().sum())
        crossed = int(careless_rows[f"flag_{name}"].sum())
        rows.append(
            {
                "position": position,
                "index": name,
                "label_en": en,
                "label_zh": zh,
                "limit": survey[setting] if setting else None,
                "computed": computed > 0,
                "n_computed": computed,
                "n_crossed": crossed,
                "share_crossed": crossed / computed if computed else None,
            }
        )
    return pd.DataFrame(rows)


def both_ways(responses: pd.DataFrame, book: pd.DataFrame, flagged: pd.Series) -> pd.DataFrame:
    """Mean of each rating item with and without the flagged answers."""
    matrix = rating_matrix(responses, book)
    rows = book.set_index("item").loc[matrix.columns]
    out = pd.DataFrame(
        {
            "item": matrix.columns,
            "role": rows["role"].to_numpy(),
            "attribute": rows["attribute"].to_numpy(),
            "n_all": matrix.notna().sum().to_numpy(),
            "mean_all": matrix.mean().to_numpy(),
            "n_unflagged": matrix[~flagged].notna().sum().to_numpy(),
            "mean_unflagged": matrix[~flagged].mean().to_numpy(),
        }
    )
    out["difference"] = out["mean_unflagged"] - out["mean_all"]
    out.insert(0, "position", range(1, len(out) + 1))
    return out


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


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    survey = snakemake.params.survey
    responses = tables.read(snakemake.input.responses)
    book = tables.read(snakemake.input.codebook)
    rows = index_table(responses, book, survey)
    flagged, dropped = rows["flagged"], survey["flagged"] == "drop"
    both = both_ways(responses, book, flagged)
    share = float(flagged.mean())
    tables.write(rows, snakemake.output.careless, ["respondent"])
    tables.write(flag_table(rows, survey), snakemake.output.flags, ["position"])
    tables.write(both, snakemake.output.screened, ["position"])
    values.write(
        {
            "n": len(rows),
            "n_flagged": int(flagged.sum()),
            "share_flagged": share,
            "flags_needed": survey["flags_needed"],
            "treatment": survey["flagged"],
            "n_used": int((~flagged).sum()) if dropped else len(rows),
            "stopped": share > survey["stop_flagged"],
            "largest_difference": both["difference"].abs().max(),
            "warnings": share_warnings(share, survey),
        },
        snakemake.output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
