"""A bundle for each group: the measures that answer its needs, how sure that is, and the products of its white space.

Aims of a group are its management focus, and before it whatever must-be attribute performs badly there. Greedy, so that
no aim is left out while another is served twice: next comes the measure that adds most to the sum over the aims of need
weight times best strength so far; then the larger ``score`` (need weight times strength over the aims), then the larger
QFD score (over all attributes), then the order of the catalogue. Only measures that serve an aim enter, and none that
is ranked apart.

``p_bundle``: the share of the group's bootstrap draws in which the measure belongs to the bundle, the aims being the
first needs of the draw.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
URGENT = 1.0  # added to the weight of a must-be attribute that performs badly: more than all other weights together
COLUMNS = ["group", "position", "measure", "family", "label_en", "label_zh", "p_bundle", "score", "qfd_score"]
COLUMNS += ["why_en", "why_zh", "lead", "lead_label_en", "lead_label_zh", "prerequisites", "products"]
COLUMNS += ["products_en", "products_zh", "goes_first"]


class Aims(NamedTuple):
    """What a group's bundle is made for: weights (draws, attributes) and which attributes are aims, urgent."""

    weights: Floats
    focus: Mask
    urgent: Mask


def choose(aims: Aims, S: Floats, open_to: Mask, top: int) -> NDArray[np.int64]:
    """The measures of the bundle in order, (draws, top); -1 where none is left that serves an aim.

    ``S`` is (measures, attributes), ``open_to`` (measures,).
    """
    wanted = aims.focus | aims.urgent
    value = np.where(wanted, aims.weights, 0.0) + URGENT * aims.urgent
    score, qfd = value @ S.T, aims.weights @ S.T
    left = (score > 0) & open_to
    best, order = np.zeros_like(value), np.full((len(value), top), -1)
    every, place = np.arange(len(value)), np.broadcast_to(-np.arange(len(S)), score.shape)
    for turn in range(top):
        gain = (value[:, None, :] * np.maximum(S - best[:, None, :], 0.0)).sum(axis=-1)
        # rounded, so that equal measures stay in the order of the catalogue
        keys = [place, qfd.round(9), score.round(9), np.where(left, gain.round(9), -1.0)]
        chosen = np.lexsort(keys, axis=-1)[:, -1]
        found = left[every, chosen]
        order[:, turn] = np.where(found, chosen, -1)
        left[every, chosen] = False
        best = np.where(found[:, None], np.maximum(best, S[chosen]), best)
    return order


def first_needs(weights: Floats, top: int) -> Mask:
    """The ``top`` heaviest needs of each draw."""
    order = np.argsort(-weights, axis=-1, kind="stable")[:, :top]
    out = np.zeros(weights.shape, dtype=bool)
    np.put_along_axis(out, order, True, axis=-1)
    return out & (weights > 0)


def belonging(aims: Aims, S: Floats, open_to: Mask, top: int) -> Floats:
    """For each measure, the share of the draws in which it belongs to the bundle."""
    chosen = choose(aims, S, open_to, top)
    return np.array([(chosen == measure).any(axis=1).mean() for measure in range(len(S))])


def bundle(
    needs: pd.DataFrame, draws: Floats, S: Floats, listed: pd.DataFrame, wanted: pd.DataFrame, top: int
) -> pd.DataFrame:
    """The first measures of one group.

    Parameters
    ----------
    needs : needs of the group in the order of the columns of ``S``, with ``weight``, ``focus`` and ``must_be_first``.
    draws : (draws, attributes) need weights of the group's bootstrap, 0 where unknown.
    S : (measures, attributes) strengths.
    listed : the measures, with ``apart``.
    wanted : the group's service content; a measure carries those of its products that stand there.
    top : how many measures.
    """
    weight = needs["weight"].fillna(0).to_numpy(dtype=float)[None, :]
    urgent = needs["must_be_first"].to_numpy(dtype=bool)
    open_to = ~listed["apart"].to_numpy(dtype=bool)
    own = Aims(weight, needs["focus"].to_numpy(dtype=bool)[None, :], urgent[None, :])
    drawn = Aims(draws, first_needs(draws, top), np.broadcast_to(urgent, draws.shape))
    sure = belonging(drawn, S, open_to, top)
    aims = np.flatnonzero(own.focus[0] | urgent)
    aims = aims[np.argsort(-(weight[0] + URGENT * urgent)[aims], kind="stable")]
    rows = []
    for position, i in enumerate((int(i) for i in choose(own, S, open_to, top)[0] if i >= 0), start=1):
        served = [a for a in aims if S[i, a] > 0]
        products = str(listed["products"].iloc[i] or "").split(";")
        offered = wanted[wanted["product"].isin(products)]
        why = [needs.iloc[served][f"label_{language}"] for language in ("en", "zh")]
        rows.append(
            {
                **listed.iloc[i].to_dict(),
                "position": position,
                "p_bundle": sure[i],
                "score": float(S[i, aims] @ weight[0, aims]),
                "qfd_score": float(S[i] @ weight[0]),
                "why_en": ", ".join(f"{label} ({S[i, a]:.0f})" for label, a in zip(why[0], served, strict=True)),
                "why_zh": "、".join(f"{label}({S[i, a]:.0f})" for label, a in zip(why[1], served, strict=True)),
                "products": ";".join(offered["product"]),
                "products_en": "; ".join(offered["label_en"]),
                "products_zh": "、".join(offered["label_zh"]),
                "goes_first": bool((urgent & (S[i] > 0) & (S[i] == S.max(axis=0))).any()),
            }
        )
    return pd.DataFrame(rows)


def bundles(
    needs: pd.DataFrame,
    draws: pd.DataFrame,
    S: Floats,
    attributes: list[str],
    listed: pd.DataFrame,
    content: pd.DataFrame,
    top: int,
) -> pd.DataFrame:
    """Bundles of everybody and of every group that has need weights.

    ``needs`` holds all groups, with ``focus``; ``draws`` has the columns group and one an attribute.
    """
    parts = []
    for group, rows in needs.groupby("group", sort=True):
        if rows["weight"].isna().all():
            continue
        own = rows.set_index("attribute").reindex(attributes)
        drawn = draws.loc[draws["group"].eq(group), attributes].fillna(0.0).to_numpy(dtype=float)
        made = bundle(own, drawn, S, listed, content[content["group"].eq(group)], top)
        parts.append(made.assign(group=str(group)))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
