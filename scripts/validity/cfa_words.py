"""What confirm_factors has to say: refusals, results that are withheld, and named warnings in both languages."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import values
from scripts.survey.scale_warnings import named_items
from scripts.validity import cfa

Warning_ = dict[str, Any]
Ints = NDArray[np.int64]


def _names(rows: pd.DataFrame, of: str = "label") -> tuple[str, str]:
    """Labels of constructs, listed in both languages."""
    return ", ".join(rows[f"{of}_en"]), "、".join(rows[f"{of}_zh"].fillna(rows[f"{of}_en"]))


def refusal(n: int, owner: Ints, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Values that say why the model is not fitted, or None."""
    if n < settings["cfa_n"]:
        return values.refused(
            f"The structure that the questionnaire names is not tested: {n} answers are fewer than the "
            f"{settings['cfa_n']} that a confirmatory factor analysis needs.",
            f"未作验证性因子分析：答卷{n}份，少于所需的{settings['cfa_n']}份。",
        )
    k = len(owner)
    if not k or cfa.n_parameters(owner) > k * (k + 1) // 2:
        return values.refused(
            f"The structure that the questionnaire names is not tested: {k} items of scales with two or more usable "
            "items do not identify a model.",
            f"未作验证性因子分析：保留两题以上的量表共{k}个题项，不足以识别模型。",
        )
    return None


def left_out(items: pd.DataFrame, kept: pd.DataFrame) -> list[Warning_]:
    """Constructs with one usable item."""
    gone = items[~items["construct"].isin(kept["construct"])]
    if gone.empty:
        return []
    en, zh = _names(gone, "construct")
    return [
        values.warning(
            "constructs_left",
            "caution",
            f"Left out of the confirmatory factor analysis, because one usable item is no construct: {en}.",
            f"因仅剩一个可用题项，未进入验证性因子分析：{zh}。",
        )
    ]


def withheld(
    solution: cfa.Solution, items: pd.DataFrame, constructs: pd.DataFrame, left: list[Warning_]
) -> dict[str, Any]:
    """Values of an improper solution: its results are withheld, and a warning names what is wrong."""
    heywood, definite = cfa.improper(solution)
    if not solution.converged:
        warning = values.warning(
            "cfa_not_converged",
            "serious",
            "The confirmatory factor analysis did not settle on a solution. Scales with two items, or scales that "
            "hardly correlate with the others, are the usual cause; join such scales or ask more items.",
            "验证性因子分析未收敛。常因量表仅有两题或与其他量表几乎不相关；可合并量表或增加题项。",
        )
    elif len(heywood):
        en, zh = named_items(items.iloc[heywood])
        warning = values.warning(
            "heywood_case",
            "serious",
            f"The confirmatory factor analysis finds a residual variance of zero or less (Heywood case) for: {en}. The "
            "item takes its scale over, mostly because the scale has two items or the sample is small; take it out of "
            "the scale or ask more items.",
            f"验证性因子分析出现零或负的残差方差（Heywood 个案）：{zh}。常因量表仅有两题或样本过小；"
            "可剔除该题或增加题项。",
        )
    elif not definite:
        vector = np.linalg.eigh(solution.phi)[1][:, 0]
        en, zh = _names(constructs[np.abs(vector) > 0.3])
        warning = values.warning(
            "latent_matrix_not_positive_definite",
            "serious",
            f"The latent covariance matrix of the confirmatory factor analysis is not positive definite: these scales "
            f"are one another's sum or the same thing: {en}. Join them, or take one out.",
            f"验证性因子分析的潜变量协方差矩阵非正定，以下量表实为同一概念或互为加总：{zh}。请合并或删去其一。",
        )
    else:
        warning = values.warning(
            "cfa_not_identified",
            "serious",
            "The answers do not identify the confirmatory factor analysis: scales of two items that correlate with no "
            "other scale leave their loadings open. Ask more items of them, or take them out.",
            "数据无法识别验证性因子分析模型：与其他量表不相关的两题量表，其载荷无法确定。请增加题项或剔除。",
        )
    return values.refused(
        "The confirmatory factor analysis has no admissible solution, so its results are withheld.",
        "验证性因子分析无可接受解，结果不予报告。",
    ) | {"warnings": [*left, warning]}


def warn(
    said: Mapping[str, Any], constructs: pd.DataFrame, sizes: Ints, validity: pd.DataFrame, settings: Mapping[str, Any]
) -> list[Warning_]:
    """Two-item constructs, a model that does not fit, and constructs of low AVE or CR or not apart."""
    out = []
    pairs = constructs[sizes == 2]
    if len(pairs):
        en, zh = _names(pairs)
        out.append(
            values.warning(
                "two_item_constructs",
                "note",
                f"Identified only through their correlations with the other scales, because they have two items: {en}.",
                f"以下量表仅两题，须借助与其他量表的相关才能识别：{zh}。",
            )
        )
    if said["testable"] and said["n_met"] < len(said["met"]):
        out.append(
            values.warning(
                "model_does_not_fit",
                "caution",
                f"The scales as the questionnaire names them do not fit the answers by all conventions "
                f"({said['n_met']} of {len(said['met'])} met): what follows from loadings and correlations of the "
                "scales is to be read with care.",
                f"问卷所设量表与数据的拟合未达到全部常用标准（{len(said['met'])}项中达到{said['n_met']}项），载荷与相关须谨慎解读。",
            )
        )
    for code, en, zh, floor in (
        (
            "ave_low",
            "the scale explains too little of its items (AVE below",
            "量表对题项的解释不足，平均方差抽取量低于",
            "ave_floor",
        ),
        ("cr_low", "composite reliability is low (CR below", "组合信度低于", "cr_floor"),
    ):
        low = validity[validity[code]]
        if len(low):
            names_en, names_zh = _names(low)
            out.append(
                values.warning(
                    code,
                    "caution",
                    f"{names_en}: {en} {settings[floor]:.2f}).",
                    f"{names_zh}：{zh}{settings[floor]:.2f}。",
                )
            )
    return out
