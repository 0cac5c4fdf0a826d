"""What the features' rule says in words: why answers cannot be clustered at all, and its warnings."""

from typing import Any

import pandas as pd

from scripts.lib import values
from scripts.segments.features import FillModel

FEWEST = 60  # METHODS, "Sample": below this many answers descriptives only
FEWEST_ITEMS = 3  # two centred items are one number


def refusal(n: int, n_items: int) -> dict[str, Any] | None:
    """Why these answers cannot be clustered at all; None when they can."""
    if n_items < FEWEST_ITEMS:
        return values.refused(
            f"Segments of needs are not looked for: {n_items} importance items can be used, at least {FEWEST_ITEMS} "
            "are needed.",
            f"未作需求分群：可用的重要性题项为{n_items}个，至少需要{FEWEST_ITEMS}个。",
        )
    if n < FEWEST:
        return values.refused(
            f"Segments of needs are not looked for: {n} respondents answered enough of the importance items, at least "
            f"{FEWEST} are needed.",
            f"未作需求分群：充分回答重要性题项的答卷为{n}份，至少需要{FEWEST}份。",
        )
    return None


def feature_warnings(
    constant: list[str], repeated: list[tuple[str, str]], labels: pd.DataFrame, model: FillModel
) -> list[dict[str, Any]]:
    """Named warnings: constant features, repeated items, and a fill that needed a prior."""
    out = []
    if constant:
        names = labels.set_index("attribute").loc[constant]
        out.append(
            values.warning(
                "constant_feature",
                "caution",
                f"{', '.join(names['label_en'])}: every respondent gave the same importance, as such or against the "
                "own mean; what does not vary cannot tell customers apart and leaves the segments.",
                f"{'、'.join(names['label_zh'].fillna(''))}：重要性（或相对自身均值的重要性）人人相同，无法区分客户，不进入分群。",
            )
        )
    if repeated:
        pairs = [" = ".join(pair) for pair in repeated]
        out.append(
            values.warning(
                "repeated_items",
                "caution",
                f"Attributes with the same importance answers: {', '.join(pairs)}. What is asked twice counts twice in "
                "the segments; take one of each out.",
                f"重要性回答完全相同的要素：{'、'.join(pairs)}。重复提问在分群中重复计入，请各删去其一。",
            )
        )
    if model.prior_rows:
        out.append(
            values.warning(
                "fill_with_prior",
                "caution",
                "The answers alone do not tell how the missing ones would have looked (too many items for so few "
                f"answers, or items that repeat each other); a prior worth {model.prior_rows:.0f} answers holds the "
                "estimate.",
                "仅凭答卷无法稳定推断缺失值（题项相对答卷过多或题项重复）；"
                f"估计中加入了相当于{model.prior_rows:.0f}份答卷的先验。",
            )
        )
    return out
