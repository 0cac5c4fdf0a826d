"""A bundle for each group: the measures that answer its needs, with the products of its white space."""

import numpy as np
import pandas as pd

COLUMNS = [
    "group",
    "position",
    "measure",
    "family",
    "label_en",
    "label_zh",
    "score",
    "qfd_score",
    "why_en",
    "why_zh",
    "lead",
    "lead_label_en",
    "lead_label_zh",
    "prerequisites",
    "products",
    "products_en",
    "products_zh",
    "goes_first",
]


def bundle(
    group: str,
    weight: np.ndarray,
    S: np.ndarray,
    attributes: pd.DataFrame,
    listed: pd.DataFrame,
    focus: list[str],
    wanted: pd.DataFrame,
    top: int,
) -> pd.DataFrame:
    """The first measures of one group.

    Parameters
    ----------
    weight : (attributes,) need weights of the group, 0 where unknown.
    S : (measures, attributes) strengths.
    attributes, listed : labels of the attributes; the measures, with ``apart`` and ``goes_first``.
    focus : the group's management focus. Only measures that serve one of these attributes enter.
    wanted : the group's service content; a measure carries those of its products that stand there.
    top : how many measures.

    Notes
    -----
    Greedy, so that no need of the focus is left out while another is served twice: next comes the measure that adds
    most to the sum over the focus of need weight times best strength so far; then the larger ``score`` (need weight
    times strength over the focus), then the larger QFD score (over all attributes).
    """
    place = {name: i for i, name in enumerate(attributes["attribute"])}
    aims = [place[name] for name in focus if name in place]
    score, qfd = S[:, aims] @ weight[aims], S @ weight
    open_to = [i for i in range(len(S)) if score[i] > 0 and not listed["apart"].iloc[i]]
    best, order = np.zeros(len(aims)), []
    while open_to and len(order) < top:
        gain = {i: float(np.maximum(S[i, aims] - best, 0) @ weight[aims]) for i in open_to}
        # rounded, so that equal measures stay in the order of the catalogue
        chosen = max(open_to, key=lambda i: (round(gain[i], 9), round(score[i], 9), round(qfd[i], 9), -i))
        open_to.remove(chosen)
        order.append(chosen)
        best = np.maximum(best, S[chosen, aims])
    rows = []
    for position, i in enumerate(order, start=1):
        served = [a for a in aims if S[i, a] > 0]
        products = str(listed["products"].iloc[i] or "").split(";")
        offered = wanted[wanted["product"].isin(products)]
        rows.append(
            {
                **listed.iloc[i].to_dict(),
                "group": group,
                "position": position,
                "score": score[i],
                "qfd_score": qfd[i],
                "why_en": "serves " + ", ".join(f"{attributes['label_en'].iloc[a]} ({S[i, a]:.0f})" for a in served),
                "why_zh": "对应" + "、".join(f"{attributes['label_zh'].iloc[a]}({S[i, a]:.0f})" for a in served),
                "products": ";".join(offered["product"]),
                "products_en": "; ".join(offered["label_en"]),
                "products_zh": "、".join(offered["label_zh"]),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def bundles(
    needs: pd.DataFrame,
    S: np.ndarray,
    attributes: pd.DataFrame,
    listed: pd.DataFrame,
    focus: pd.DataFrame,
    content: pd.DataFrame,
    top: int,
) -> pd.DataFrame:
    """Bundles of everybody and of every group that has need weights."""
    parts = []
    for group, rows in needs.dropna(subset=["weight"]).groupby("group", sort=True):
        weight = rows.set_index("attribute")["weight"].reindex(attributes["attribute"]).fillna(0).to_numpy(dtype=float)
        aims = focus.loc[focus["group"].eq(group), "attribute"].tolist()
        wanted = content[content["group"].eq(group)]
        parts.append(bundle(str(group), weight, S, attributes, listed, aims, wanted, top))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
