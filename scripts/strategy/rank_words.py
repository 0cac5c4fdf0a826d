"""What the ranking of measures says in words: winner or none, how robust, warnings."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import values
from scripts.lib.intervals import spearman
from scripts.strategy.decision import contenders


def lacking(weight: NDArray[np.float64], weighed: dict[str, Any]) -> dict[str, Any] | None:
    """Values that say why measures cannot be ranked, or None."""
    if np.isnan(weight).all():
        return values.refused(
            "The measures are not ranked, because the survey gives no need weights to rank them by.",
            "问卷未能得出需求权重,因此不对措施排序。",
        )
    if weighed["status"] != "ok":
        return values.refused(
            "The measures are not ranked, because the criteria have no weights.", "准则没有权重,因此不对措施排序。"
        )
    return None


def describe(
    ranking: pd.DataFrame, coverage: pd.DataFrame, weighed: dict[str, Any], settings: dict[str, Any], seed: int
) -> dict[str, Any]:
    """Values of the ranking."""
    compared = ranking[~ranking["apart"]].reset_index(drop=True)
    first = compared["p_rank1"].to_numpy(dtype=float)
    leading = compared.iloc[int(np.argmax(first))]
    summed = compared["p_rank1_weighted_sum"].to_numpy(dtype=float)
    clear = bool(min(leading["p_rank1"], leading["p_rank1_weighted_sum"]) >= settings["winner"])
    either = dict.fromkeys(contenders(first, settings["winner"]) + contenders(summed, settings["winner"]))
    share = [compared["measure"].iloc[i] for i in either]
    sentence = _sentence(compared, share, clear, settings["winner"])
    unserved = coverage[coverage["best_strength"].eq(0)]
    goes_first = ranking.loc[ranking["goes_first"], "measure"].tolist()
    return {
        "method": "QFD 0/1/3/9; TOPSIS with vector normalisation; weighted sum on the bounds 1..5; "
        "Monte Carlo over criteria weights (Dirichlet) and the needs' bootstrap",
        "n_measures": len(ranking),
        "n_compared": len(compared),
        "n_apart": int(ranking["apart"].sum()),
        "first": leading["measure"],
        "first_label": values.text(leading["label_en"], leading["label_zh"]),
        "first_p": leading["p_rank1"],
        "first_p_half": leading["p_rank1_half"],
        "first_p_double": leading["p_rank1_double"],
        "first_p_weighted_sum": leading["p_rank1_weighted_sum"],
        "best_topsis": compared.loc[compared["rank_topsis"].eq(1), "measure"].tolist(),
        "best_weighted_sum": compared.loc[compared["rank_weighted_sum"].eq(1), "measure"].tolist(),
        "clear_winner": clear,
        "sentence": sentence,
        "winner_limit": settings["winner"],
        "contenders": share,
        "goes_first": goes_first,
        "optional": ranking.loc[ranking["optional"], "measure"].tolist(),
        "apart": ranking.loc[ranking["apart"], "measure"].tolist(),
        "spearman_weighted_sum": spearman(compared["rank_topsis"], compared["rank_weighted_sum"]),
        "spearman_135": spearman(compared["rank_topsis"], compared["rank_135"]),
        "spearman_qfd_135": spearman(compared["rank_qfd"], compared["rank_qfd_135"]),
        "n_moved_135": int(compared["rank_topsis"].ne(compared["rank_135"]).sum()),
        "n_moved_qfd_135": int(compared["rank_qfd"].ne(compared["rank_qfd_135"]).sum()),
        "concentration": weighed["concentration"],
        "concentration_from_raters": weighed["concentration_from_raters"],
        "n_raters": weighed["n_used"],
        "unserved": unserved["attribute"].tolist(),
        "draws": settings["draws"],
        "seed": seed,
        "warnings": _no_winner(sentence, clear) + _unserved(unserved),
    }


def _sentence(compared: pd.DataFrame, share: list[str], clear: bool, limit: float) -> values.Text:
    label = compared.set_index("measure")
    one, two = (compared.loc[compared[column].idxmax()] for column in ("p_rank1", "p_rank1_weighted_sum"))
    p, q = f"{one['p_rank1']:.0%}", f"{two['p_rank1_weighted_sum']:.0%}"
    if clear:
        return values.text(
            f"{one['label_en']} comes first in {p} of the draws by TOPSIS and in {q} by weighted sum.",
            f"{one['label_zh']}在TOPSIS的{p}、加权和的{q}的抽样中排名第一。",
        )
    return values.text(
        f"There is no clear winner: for one, the same measure would have to come first in {limit:.0%} of the draws by "
        f"TOPSIS (most often {one['label_en']}, {p}) and by weighted sum (most often {two['label_en']}, {q}). The "
        f"first place is shared by {'; '.join(label.loc[share, 'label_en'])}.",
        f"没有明显的首选措施:同一措施须在两种方法下均有{limit:.0%}的抽样排名第一;TOPSIS最常居首的是{one['label_zh']}({p}),"
        f"加权和最常居首的是{two['label_zh']}({q})。并列领先的有:{'、'.join(label.loc[share, 'label_zh'])}。",
    )


def _no_winner(sentence: values.Text, clear: bool) -> list[dict[str, Any]]:
    return [] if clear else [values.warning("no_clear_winner", "caution", sentence["en"], sentence["zh"])]


def _unserved(unserved: pd.DataFrame) -> list[dict[str, Any]]:
    if unserved.empty:
        return []
    return [
        values.warning(
            "attribute_unserved",
            "caution",
            f"No measure serves {len(unserved)} of the attributes: {', '.join(unserved['label_en'])}.",
            f"有{len(unserved)}个属性没有任何措施对应:{'、'.join(unserved['label_zh'])}。",
        )
    ]
