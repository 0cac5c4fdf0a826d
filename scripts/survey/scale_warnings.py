"""What assess_scales has to say about items and scales, as named warnings in both languages."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from scripts.lib import values

Warning_ = dict[str, Any]


def _names(rows: pd.DataFrame) -> tuple[str, str]:
    """Labels of rows, listed in both languages."""
    return ", ".join(rows["label_en"]), "、".join(rows["label_zh"].fillna(rows["label_en"]))


def named_items(rows: pd.DataFrame) -> tuple[str, str]:
    """Items by their wording and by what they ask for, as a reader knows them, not by their identifiers."""
    roles = {"importance": ("importance", "重要性"), "performance": ("performance", "表现")}
    said: list[list[str]] = [[], []]
    for row in rows.itertuples():
        role = roles.get(row.role)
        zh = row.label_en if pd.isna(row.label_zh) else row.label_zh
        known = role is None or role[0] in row.label_en  # a label that tells the role already
        said[0].append(row.label_en.rstrip(".") + ("" if known else f" ({role[0]})"))
        said[1].append(zh.rstrip("。") + ("" if known else f"（{role[1]}）"))
    return "; ".join(said[0]), "；".join(said[1])


def item_warnings(items: pd.DataFrame, ceiling: Mapping[str, Any], limit: float) -> list[Warning_]:
    """Items without answers, items that never vary, and a ceiling of most importance items."""
    out = []
    empty = items[items["n"].eq(0)]
    if len(empty):
        en, zh = named_items(empty)
        out.append(
            values.warning(
                "items_without_answers",
                "caution",
                f"Nobody answered these items: {en}. Check the import, or take them out of the questionnaire.",
                f"以下题项无人作答：{zh}。请检查导入或从问卷中删除。",
            )
        )
    flat = items[items["n"].gt(1) & items["sd"].eq(0)]
    if len(flat):
        en, zh = named_items(flat)
        out.append(
            values.warning(
                "constant_items",
                "caution",
                f"Everybody gave the same answer to these items, and what does not vary explains nothing: {en}.",
                f"以下题项的回答人人相同，没有差异就不能解释任何结果：{zh}。",
            )
        )
    if ceiling["share"] > 0.5:
        out.append(
            values.warning(
                "importance_ceiling",
                "caution",
                f"{ceiling['n_with_ceiling']} of {ceiling['n_importance_items']} importance items have more than "
                f"{limit:.0%} of their answers at the top code: stated importance hardly tells the attributes apart; "
                "importance derived from satisfaction is the better guide.",
                f"{ceiling['n_importance_items']}个重要性题项中有{ceiling['n_with_ceiling']}个超过{limit:.0%}的回答集中于最高"
                "分：直接陈述的重要性难以区分各要素，宜以由满意度推导的重要性为主。",
            )
        )
    return out


def scale_warnings(
    table: pd.DataFrame, found: Mapping[str, Any], items: pd.DataFrame, settings: Mapping[str, Any]
) -> list[Warning_]:
    """Consequences of the reliability of each scale."""
    if table.empty:
        return []
    table = table.fillna({"label_zh": table["label_en"]})
    reliable = table[table["alpha"].ge(settings["alpha_floor"]) & table["usable"].eq(True)]
    out = list(_left_out(table, found, items))
    out += _negative(table[table["alpha"].lt(0)])
    failed = table[table["alpha"].ge(0) & table["usable"].ne(True)]
    if len(failed):
        en, zh = _names(failed)
        out.append(
            values.warning(
                "scales_not_used",
                "caution",
                f"Not used as scores, because alpha or omega is below {settings['alpha_floor']:.2f}: {en}. Their items "
                "are reported one by one.",
                f"alpha 或 omega 低于{settings['alpha_floor']:.2f}，不作为量表得分使用：{zh}；逐题报告。",
            )
        )
    weak = reliable[reliable["alpha_low"].lt(settings["alpha_caution"])]
    if len(weak):
        en, zh = _names(weak)
        out.append(
            values.warning(
                "alpha_uncertain",
                "caution",
                f"To be read with care, because the interval of the coefficient reaches below "
                f"{settings['alpha_caution']:.2f}: {en}.",
                f"信度系数区间下限低于{settings['alpha_caution']:.2f}，解读须谨慎：{zh}。",
            )
        )
    low = items[items["citc_low"]]
    if len(low):
        en, zh = named_items(low)
        out.append(
            values.warning(
                "weak_items",
                "note",
                f"Correlated below {settings['citc_floor']:.2f} with the other items of their scale: {en}. None was "
                "dropped.",
                f"与所属量表其余题项的相关低于{settings['citc_floor']:.2f}：{zh}。未删除任何题项。",
            )
        )
    return out


CAUSES = {
    False: ("they are missing or not applicable too often", "缺失或不适用过多"),
    True: ("everybody gave the same answer", "回答人人相同"),
}


def _left_out(table: pd.DataFrame, found: Mapping[str, Any], items: pd.DataFrame) -> Iterable[Warning_]:
    """Items that left, scales that are none any more, and scales with repeated items."""
    gone = table[table["left_out"].fillna("").ne("")]
    named = items.set_index("item", drop=False)
    for constant, (cause_en, cause_zh) in CAUSES.items():
        told: list[list[str]] = [[], []]
        for row in gone.itertuples():
            left = row.left_out.split(";")
            mine = [name for name in left if (name in found[row.construct].constant) == constant]
            if mine:
                en, zh = named_items(named.loc[mine])
                whole = row.n_items + len(left)
                told[0].append(f"{row.label_en} ({row.n_items} of {whole} items remain): {en}")
                told[1].append(f"{row.label_zh}（剩余{row.n_items}/{whole}题）：{zh}")
        if told[0]:
            yield values.warning(
                "scale_items_left",
                "caution",
                f"Left out of their scales, because {cause_en}. {'. '.join(told[0])}.",
                f"因{cause_zh}而从量表剔除。{'。'.join(told[1])}。",
            )
    for row in table[table["coefficient"].eq("none")].itertuples():
        yield values.warning(
            "no_scale",
            "caution",
            f"{row.label_en} has no score: {values.count(row.n_items, 'usable item', 'usable items')} with "
            f"{values.count(row.n, 'answer', 'answers')} make no scale.",
            f"{row.label_zh}：可用题项{row.n_items}个、答卷{row.n}份，不构成量表，不计分。",
        )
    for row in table.itertuples():
        if found[row.construct].repeated:
            en, zh = named_items(named.loc[found[row.construct].repeated])
            yield values.warning(
                "repeated_items",
                "caution",
                f"{row.label_en}: these items repeat each other or a sum of each other: {en}. KMO and Bartlett's test "
                "are not defined and alpha flatters; take the repeated item out of the construct in the questionnaire.",
                f"{row.label_zh}：以下题项相互重复或互为加总：{zh}。KMO 与 Bartlett 检验无定义，alpha 偏高；"
                "请从问卷的构念中删除重复题项。",
            )


def _negative(rows: pd.DataFrame) -> Iterable[Warning_]:
    """A negative alpha, explained."""
    for row in rows.itertuples():
        yield values.warning(
            "negative_alpha",
            "serious",
            f"{row.label_en}: the coefficient is negative ({row.alpha:.2f}): its items contradict each other on "
            "average. Either an item is keyed the wrong way in the instrument (`keyed`), or they do not measure one "
            "thing; nothing was reversed, and there is no score.",
            f"{row.label_zh}：系数为负（{row.alpha:.2f}），题项平均而言相互矛盾。或为计分方向（keyed）有误，或并非测量同一概念；"
            "未作任何反向处理，不计分。",
        )
