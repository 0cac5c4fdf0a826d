"""Which items go together by themselves: how many factors there are, and which item belongs to which.

Number of factors: parallel analysis (scripts/validity/parallel.py). Factors: minres with direct oblimin
(scripts/validity/efa.py), on the EM covariance of estimate_covariance; fit, Bartlett's test and the noise of parallel
analysis take its ``n_pair_harmonic``.

Items of constructs are explored in blocks of one role (performance, outcome): satisfaction and loyalty follow from the
performances, so that in one analysis their items would load on all of theirs. Whether a construct of one block can be
told from one of another is a matter of confirm_factors and compare_constructs. Nothing is dropped: an item is flagged
when its largest loading is below ``scales.loading_floor``, its second above ``scales.cross_loading``, or its
communality below ``scales.communality_floor``.

Harman's single factor (Podsakoff et al. 2003) is the share of variance of the first unrotated component and factor of
all items together. It is described and decides nothing: a small share is not evidence of absence of common method
variance.

Refuses below ``scales.efa_n`` answers; a block below ``scales.efa_per_item`` answers an item, below three items, where
KMO is below ``scales.kmo_floor``, and where no factor stands out from noise. Where parallel analysis keeps more factors
than the items can identify, as many as they can are taken, and it is said.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.survey.scale_warnings import named_items
from scripts.survey.scales import bartlett_sphericity, correlations, sampling_adequacy
from scripts.validity import efa_tables
from scripts.validity.efa import UNIQUENESS_FLOOR, degrees_of_freedom, extract, factor_fit
from scripts.validity.model import entered, passed_on
from scripts.validity.parallel import factor_eigenvalues, parallel_analysis

Floats = NDArray[np.float64]
FEWEST_ITEMS = 3  # one factor of two items has no solution of its own
BLOCKS_ZH = {"performance": "表现", "outcome": "结果", "importance": "重要性"}


def too_few(n: int, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Values that say that no block can be explored, or None."""
    if n >= settings["efa_n"]:
        return None
    return values.refused(
        f"Factors are not explored: {n} answers are fewer than the {settings['efa_n']} that an exploratory factor "
        "analysis needs.",
        f"未作探索性因子分析：答卷{n}份，少于所需的{settings['efa_n']}份。",
    )


def refusal(block: str, n: int, R: Floats, settings: Mapping[str, Any]) -> values.Text | None:
    """The threshold that a block with the correlations ``R`` misses, as a sentence; None where it misses none."""
    k = len(R)
    en, zh = f"The {block} items are not explored: ", f"未对{BLOCKS_ZH.get(block, block)}题项作探索性因子分析："
    if k < FEWEST_ITEMS:
        return values.text(f"{en}{k} items are too few for a factor.", f"{zh}题项仅{k}个，不足以形成因子。")
    if n < settings["efa_per_item"] * k:
        return values.text(
            f"{en}{n} answers for {k} items are fewer than {settings['efa_per_item']:g} an item.",
            f"{zh}{n}份答卷、{k}个题项，每题不足{settings['efa_per_item']:g}份。",
        )
    kmo = sampling_adequacy(R).overall
    if kmo < settings["kmo_floor"]:
        return values.text(
            f"{en}they share too little for common factors (KMO {kmo:.2f}; at least {settings['kmo_floor']:.2f} is "
            "needed).",
            f"{zh}题项共同性过低（KMO 为{kmo:.2f}，至少需{settings['kmo_floor']:.2f}）。",
        )
    return None


def warn(loadings: pd.DataFrame, kept: int, taken: int) -> list[dict[str, Any]]:
    """Boundary solutions, and factors that the items cannot identify."""
    out = []
    edge = loadings[loadings["communality"] >= 1 - UNIQUENESS_FLOOR - 1e-6]
    if len(edge):
        en, zh = named_items(edge.assign(role=edge["block"]))
        out.append(
            values.warning(
                "efa_heywood_case",
                "caution",
                f"The factors explain all of these items, which is a boundary solution (Heywood case): {en}. Too many "
                "factors, or an item almost repeated by another, are the usual causes; read the loadings with care.",
                f"以下题项被因子完全解释，属边界解（Heywood 个案）：{zh}。常因因子过多或题项近乎重复；载荷须谨慎解读。",
            )
        )
    if taken < kept:
        out.append(
            values.warning(
                "efa_not_identified",
                "caution",
                f"Parallel analysis keeps {kept} factors, but {len(loadings)} items identify {taken} at most.",
                f"平行分析保留{kept}个因子，但{len(loadings)}个题项至多可识别{taken}个。",
            )
        )
    return out


def explore_block(
    R: Floats, items: pd.DataFrame, n: Mapping[str, Any], settings: Mapping[str, Any], seed: int, before: int
) -> dict[str, Any]:
    """One block: its row, its tables where it has any, and its warnings.

    ``R`` are the correlations of ``items``, ``before`` the number of factors of earlier blocks.
    """
    block, k = items["block"].iloc[0], len(items)
    row = {"block": block, "n": n["n"], "n_items": k, "n_constructs": items["construct"].nunique()}
    reason = refusal(block, n["n"], R, settings)
    if reason is not None:
        return _unexplored(row, reason, {})
    kmo, sphericity = sampling_adequacy(R), bartlett_sphericity(R, n["n_pair_harmonic"])
    row |= {"kmo": kmo.overall} | {f"bartlett_{name}": value for name, value in sphericity._asdict().items()}
    rng = np.random.default_rng([seed, zlib.crc32(f"explore_factors:{block}".encode())])
    draws, quantile = settings["parallel_draws"], settings["parallel_quantile"]
    found = parallel_analysis(R, n["n_pair_harmonic"], draws, quantile, rng)
    row |= {"n_parallel": found.n_factors, "n_components": found.n_components}
    tabled = {"parallel": efa_tables.parallel_table(block, found)}
    m = max(j for j in range(found.n_factors + 1) if degrees_of_freedom(k, j) >= 0)
    if m == 0:
        reason = values.text(
            f"The {block} items are not explored: by parallel analysis no factor stands out from noise.",
            f"未对{BLOCKS_ZH.get(block, block)}题项作探索性因子分析：平行分析表明没有因子高于噪声水平。",
        )
        return _unexplored(row, reason, tabled)
    factors = extract(R, m, rng)
    loadings = efa_tables.loading_table(items, factors, kmo.items, settings, before)
    tabled |= {"loadings": loadings, "factors": efa_tables.factor_table(loadings, factors, before)}
    row |= {"n_factors": m, "n_flagged": int(loadings["flagged"].sum())}
    row |= factor_fit(R, factors, n["n_pair_harmonic"])._asdict()
    return {"row": row, "tables": tabled, "warnings": warn(loadings, found.n_factors, m)}


def _unexplored(row: dict[str, Any], reason: values.Text, tabled: dict[str, pd.DataFrame]) -> dict[str, Any]:
    told = {"refused_en": reason["en"], "refused_zh": reason["zh"]}
    return {"row": row | told, "tables": tabled, "warnings": []}


def explore(
    S: Floats, items: pd.DataFrame, n: Mapping[str, Any], settings: Mapping[str, Any], seed: int
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables (see efa_tables; empty where refused) and what is said.

    ``S`` is the covariance of ``items``; ``n`` are the values of estimate_covariance.
    """
    out = {name: tables.empty(columns) for name, columns in efa_tables.EMPTY.items()}
    few = too_few(n["n"], settings)
    if few is not None:
        return out, few
    R, items = correlations(S), items.assign(block=items["role"])
    order = items["block"].value_counts(sort=False).sort_values(ascending=False, kind="stable").index
    found: list[dict[str, Any]] = []
    for block in order:
        at = np.flatnonzero(items["block"].eq(block))
        before = sum(one["row"].get("n_factors", 0) for one in found)
        found.append(explore_block(R[np.ix_(at, at)], items.iloc[at], n, settings, seed, before))
    rows = [{"position": number} | one["row"] for number, one in enumerate(found, start=1)]
    out["blocks"] = pd.DataFrame(rows, columns=efa_tables.BLOCKS)
    for name in ("loadings", "factors", "parallel"):
        parts = [one["tables"][name] for one in found if name in one["tables"]]
        out[name] = pd.concat(parts, ignore_index=True) if parts else out[name]
    explored = [row for row in rows if "n_factors" in row]
    if not explored:
        return out, values.refused(rows[0]["refused_en"], rows[0]["refused_zh"])
    return out, {
        "method": "minres, direct oblimin (gamma 0, no Kaiser normalisation), by block of one role; parallel analysis "
        "on eigenvalues of principal axis factoring",
        "n": n["n"],
        "n_items": len(items),
        "n_explored": sum(row["n_items"] for row in explored),
        "n_flagged": sum(row["n_flagged"] for row in explored),
        "harman_component": float(np.linalg.eigvalsh(R)[-1] / len(R)),
        "harman_factor": float(factor_eigenvalues(R)[0] / len(R)),
        "draws": settings["parallel_draws"],
        "seed": seed,
        "warnings": [warning for one in found for warning in one["warnings"]],
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    n = values.read(source.estimated)
    if n["status"] == "ok":
        S, items = entered(tables.read(source.covariance), tables.read(source.entering))
        found, said = explore(S, items, n, params.scales, params.seed)
    else:
        found = {name: tables.empty(columns) for name, columns in efa_tables.EMPTY.items()}
        said = passed_on(n)
    for name, key in (("loadings", ["position"]), ("factors", ["factor"]), ("parallel", ["block", "number"])):
        tables.write(found[name], output[name], key)
    tables.write(found["blocks"], output.blocks, ["position"])
    values.write(said, output.values)


if __name__ == "__main__":
    run(main, snakemake)
