"""Who is in which group: a mosaic of groups by the categories of firmographic items.

A column is a group, as wide as it has respondents; its tiles are the shares of the categories, so that the area of a
tile is a count. The first column is everybody, whose categories carry the names. Colours are the adjusted standardised
residuals: beyond 2 a tile holds more, or fewer, than it would if the item had nothing to do with the groups.

The items are those with the largest Cramer's V that have few enough categories to be read. Cells that are withheld, for
they are small or would give a small one away, make one hatched tile at the end.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from scripts.lib import tables, values
from scripts.lib.figures import (
    DIVERGING,
    INK,
    LINE,
    MUTED,
    SMALL,
    SOFT,
    Drawing,
    both,
    cut,
    head_labels,
    names,
    percent,
    sheet,
    text_width,
)

ITEMS, CATEGORIES = 2, 8  # panels, and categories that a panel has room for
MOSAIC = ["item", "item_en", "item_zh", "v", "group", "group_en", "group_zh", "key", "label_en", "label_zh"]
MOSAIC += ["n", "share", "residual", "suppressed"]
STRONG, CLEAR = 4, 2  # residuals at which the colour changes (Friendly 1994)
SHADES = {
    f"> {STRONG}: far more 远多": DIVERGING(0.95),
    f"> {CLEAR}: more 偏多": DIVERGING(0.72),
    "as expected 与预期相符": SOFT,
    f"< −{CLEAR}: fewer 偏少": DIVERGING(0.28),
    f"< −{STRONG}: far fewer 远少": DIVERGING(0.05),
}
NOTHING = {
    False: values.text(
        "There is one group only, so nothing tells who is in which.", "只有一个群体，无所谓各群体的企业构成。"
    ),
    True: values.text(
        "Who is in which group cannot be shown: no characteristic that did not itself form the groups was asked, "
        "differs between respondents, and is shown in large enough counts.",
        "各群体的企业构成无法显示：除用于划分群体者外，没有其他既有差异、人数又足够的特征可用。",
    ),
}
ALL = ("All", "全部")
EVERYBODY, GAP, NARROWEST = 0.16, 0.03, 0.055  # widths, as parts of the sum of the groups
HEIGHT, LABEL = 2.35, 0.065  # inches of a panel; room that a name needs, as a part of it
COLUMNS = 70  # half-width columns that a panel has room for


def chosen_items(cells: pd.DataFrame) -> list[str]:
    """The items that are drawn."""
    each = cells.drop_duplicates("item").dropna(subset=["v"])
    used = cells[cells["group"].eq("all") & cells["n"].gt(0)].groupby("item")["key"].nunique()
    shown = cells[cells["group"].ne("all") & cells["suppressed"].eq("no") & cells["n"].gt(0)]["item"]
    fit = each[each["item"].isin(used[used <= CATEGORIES].index) & each["item"].isin(shown)]
    return fit.sort_values(["v", "item"], ascending=[False, True])["item"].head(ITEMS).tolist()


def mosaic_rows(cells: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """The tiles, by item, group and category; everybody comes first."""
    named = groups[["group", "label_en", "label_zh"]].set_axis(["group", "group_en", "group_zh"], axis=1)
    everybody = pd.DataFrame([("all", *ALL)], columns=named.columns)
    items = chosen_items(cells)
    rows = cells[cells["item"].isin(items)].merge(pd.concat([everybody, named]), on="group")
    place = rows["group"].replace("all", "0").astype(int)
    rows = rows.assign(panel=rows["item"].map(items.index), place=place)
    return rows.sort_values(["panel", "place", "position"], ignore_index=True)[MOSAIC]


def shade(residual: float) -> Any:
    """Colour of a tile."""
    bounds = [residual > STRONG, residual > CLEAR, abs(residual) <= CLEAR, residual >= -STRONG, True]
    return list(SHADES.values())[bounds.index(True)]


def spread(at: np.ndarray, room: float) -> np.ndarray:
    """Heights of names, moved apart to at least ``room``, and kept within 0 and 1."""
    out = at.astype(float).copy()
    for i in range(1, len(out)):
        out[i] = max(out[i], out[i - 1] + room)
    for i in range(len(out) - 1, -1, -1):
        out[i] = min(out[i], (out[i + 1] if i + 1 < len(out) else 1 + room / 2) - room)
    return out


def _column(axes: Axes, rows: pd.DataFrame, left: float, width: float) -> np.ndarray:
    """The tiles of one column from above; heights of their middles."""
    base, middles, everybody = 0.0, [], rows["group"].iloc[0] == "all"
    for tile in rows.itertuples():
        middles.append(base + (tile.share if tile.suppressed == "no" else 0) / 2)
        if tile.suppressed == "yes" or not tile.share:
            continue
        face = LINE if everybody else shade(tile.residual)
        axes.add_patch(Rectangle((left, base), width, tile.share, facecolor=face, edgecolor="white", linewidth=0.8))
        if tile.share > 0.07 and width > 0.07:
            dark = face in (DIVERGING(0.95),)
            look = {"ha": "center", "va": "center", "fontsize": SMALL - 0.5, "color": "white" if dark else INK}
            axes.text(left + width / 2, base + tile.share / 2, percent(tile.share), **look)
        base += tile.share
    if base < 1 - 1e-6 and rows["suppressed"].eq("yes").any():
        look = {"fill": False, "hatch": "////", "hatchcolor": MUTED, "edgecolor": LINE, "linewidth": 0.5}
        axes.add_patch(Rectangle((left, base), width, 1 - base, **look))
    return np.array(middles)


def _panel(axes: Axes, rows: pd.DataFrame, widths: pd.Series, heads: list[str], upright: bool) -> None:
    """One item: everybody, then the groups; names of the categories at the left."""
    left, centres = 0.0, []
    for group, width in widths.items():
        part = rows[rows["group"].eq(group)]
        middles = _column(axes, part, left, width)
        if group == "all":
            kept = part["n"].gt(0).to_numpy()
            named, at = part[kept], middles[kept]
            for label, low, height in zip(_names_of(named), at, spread(at, LABEL), strict=True):
                axes.plot([-0.012, -0.03, -0.045], [low, low, height], color=LINE, lw=0.6, clip_on=False)
                axes.text(-0.055, height, label, ha="right", va="center", fontsize=SMALL)
        centres.append(left + width / 2)
        left += width + GAP * (2 if group == "all" else 1)
    axes.set(xlim=(0, left - GAP), ylim=(1, 0), yticks=[])
    axes.set_xticks(centres[: len(heads)], heads, rotation=0 if upright else 90)
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _names_of(categories: pd.DataFrame) -> list[str]:
    """Names of categories in both languages where there is room, else in English."""
    pairs = zip(categories["label_en"], categories["label_zh"], strict=True)
    whole = [(both(en, zh), en) for en, zh in pairs]
    return [text if text_width(text) <= 40 else cut(str(en), 40) for text, en in whole]


def draw_mosaic(cells: pd.DataFrame, groups: pd.DataFrame, said: dict[str, Any]) -> Drawing:
    """Groups by firmographic categories."""
    title = values.text("Who is in which group", "各群体的企业构成")
    data = mosaic_rows(cells, groups) if len(cells) and len(groups) > 1 else tables.empty(MOSAIC)
    if data.empty:
        return Drawing(title, data, ["item", "group", "key"], reason=said.get("reason") or NOTHING[len(groups) > 1])
    panels = list(data.groupby("item", sort=False))
    sizes = groups.set_index("group")["n"].astype(float)
    widths = (sizes / sizes.sum()).clip(lower=NARROWEST)
    widths = pd.concat([pd.Series({"all": EVERYBODY}), widths / widths.sum()])
    order = data.drop_duplicates("group")
    room = [int(COLUMNS * width / (widths.sum() + GAP * len(widths))) for width in widths]
    heads = [
        head_labels([en], [zh], max(w, 1))[0]
        for en, zh, w in zip(order["group_en"], order["group_zh"], room, strict=True)
    ]
    fits = all(text_width(line) <= most for head, most in zip(heads, room, strict=True) for line in head.split("\n"))
    if not fits:
        heads = [cut(str(en), 34) for en in order["group_en"]]
    tops = 0.13 * max(head.count("\n") + 1 for head in heads) if fits else 0.062 * max(map(text_width, heads))
    figure = sheet((HEIGHT + 0.25) * len(panels) + tops + 0.5)
    rows_of_axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for i, (axes, (_, rows)) in enumerate(zip(rows_of_axes, panels, strict=True)):
        _panel(axes, rows, widths, [] if i else heads, fits)
        first = rows.iloc[0]
        axes.set_title(f"{cut(both(first['item_en'], first['item_zh']), 62)}   V = {first['v']:.2f}")
    handles = [Patch(facecolor=colour, edgecolor=LINE) for colour in SHADES.values()]
    labels = list(SHADES)
    if data["suppressed"].eq("yes").any():
        handles.append(Patch(fill=False, hatch="////", hatchcolor=MUTED, edgecolor=LINE))
        labels.append("withheld: small cells 人数过少，不予显示")
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return Drawing(title, data, ["item", "group", "key"], figure, _alt(data))


def _alt(data: pd.DataFrame) -> values.Text:
    """The tile of each item that stands out most."""
    parts_en, parts_zh = [], []
    for _, rows in data.groupby("item", sort=False):
        tile = rows.loc[[rows["residual"].idxmax()]]
        label, group = names(tile), names(tile, of="group")
        share, everybody = tile["share"].iloc[0], rows[rows["group"].eq("all") & rows["key"].eq(tile["key"].iloc[0])]
        usual = percent(everybody["share"].iloc[0])
        parts_en.append(f"{label['en']} makes up {percent(share)} of {group['en']}, {usual} of everybody")
        parts_zh.append(f"{label['zh']}占“{group['zh']}”的{percent(share)}，占全部的{usual}")
    return values.text(f"{'; '.join(parts_en)}.", f"{'；'.join(parts_zh)}。")
