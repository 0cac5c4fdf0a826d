"""How often each rule claims segments, by what is true: the share of the samples with its Wilson interval.

For answers without segments the share is the rate of false claims; at most ``LEVEL`` is asked of the gate. For planted
segments it is the rate of detection; ``found`` is the share of samples in which the rule also has the planted number of
segments and agrees with them (adjusted Rand index above .9).
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from scripts.lib import tables, values
from scripts.lib.figures import INK, SECOND, SEQUENTIAL, SMALL, Drawing, both, percent, sheet, write
from scripts.lib.intervals import wilson
from scripts.lib.job import run
from scripts.segments.truths import GROUPS, NULLS, TRUTHS

LEVEL, POWER = 0.10, 0.90  # aims: false claims at most, detections at least
AGREES = 0.9  # adjusted Rand index
RULES = {
    "gate": ("Gates A, B, C", "三道门槛"),
    "gate_a": ("Gate A", "门槛A"),
    "silhouette": ("Silhouette", "轮廓系数"),
    "gap": ("Gap, 1 SE", "间隙统计量"),
    "jaccard": ("Jaccard", "Jaccard"),
    "silhouette_raw": ("Silhouette, raw", "轮廓系数（原始）"),
    "gap_raw": ("Gap, raw", "间隙统计量（原始）"),
    "jaccard_raw": ("Jaccard, raw", "Jaccard（原始）"),
}
COLUMNS = ["position", "truth", "rule", "label_en", "label_zh", "rule_en", "rule_zh", "segments", "n", "claims"]
COLUMNS += ["share", "share_low", "share_high", "found"]


def rates(samples: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a truth and rule: how often the rule claims segments."""
    rows = []
    for truth, drawn in samples.items():
        by_rule = drawn.assign(claims=drawn["claims"].eq("yes")).groupby("rule")
        for rule, part in by_rule:
            agrees = part["claims"] & part["k"].eq(GROUPS) & part["ari"].gt(AGREES)
            row = {"truth": truth, "rule": rule, "n": len(part), "claims": int(part["claims"].sum())}
            rows.append(row | {"found": np.nan if truth in NULLS else agrees.mean()})
    out = pd.DataFrame(rows)
    out["label_en"] = [TRUTHS[truth].label_en for truth in out["truth"]]
    out["label_zh"] = [TRUTHS[truth].label_zh for truth in out["truth"]]
    out["rule_en"], out["rule_zh"] = (out["rule"].map(lambda rule, i=i: RULES[rule][i]) for i in (0, 1))
    out["segments"] = ~out["truth"].isin(list(NULLS))
    out["share"] = out["claims"] / out["n"]
    out["share_low"], out["share_high"] = wilson(out["claims"], out["n"])
    places = [
        list(TRUTHS).index(truth) * len(RULES) + list(RULES).index(rule) + 1
        for truth, rule in zip(out["truth"], out["rule"], strict=True)
    ]
    return out.assign(position=places).sort_values("position", ignore_index=True)[COLUMNS]


def draw(table: pd.DataFrame) -> Drawing:
    """Heat map of the shares, truths by rules, with the intervals in the cells."""
    title = values.text("How often each rule claims segments, by what is true", "各规则判定存在分群的比例")
    truths, rules = list(dict.fromkeys(table["truth"])), [rule for rule in RULES if rule in set(table["rule"])]
    figure = sheet(0.36 * len(truths) + 1.3)
    axes = figure.subplots()
    grid = table.pivot(index="truth", columns="rule", values="share").loc[truths, rules].to_numpy(float)
    axes.imshow(grid, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    cells = table.set_index(["truth", "rule"])
    for i, truth in enumerate(truths):
        for j, rule in enumerate(rules):
            cell = cells.loc[(truth, rule)]
            wrong = cell["share"] > LEVEL if not cell["segments"] else cell["share"] < POWER
            colour = "white" if cell["share"] > 0.6 else INK
            text = f"{percent(cell['share'])}\n{100 * cell['share_low']:.0f}–{100 * cell['share_high']:.0f}"
            axes.text(j, i, text, ha="center", va="center", fontsize=SMALL - 1, color=colour, linespacing=1.1)
            if wrong:
                axes.add_patch(_frame(i, j))
    nulls = sum(truth in NULLS for truth in truths)
    axes.axhline(nulls - 0.5, color=INK, lw=1.2)
    labels = table.drop_duplicates("truth").set_index("truth").loc[truths]
    heads = table.drop_duplicates("rule").set_index("rule").loc[rules]
    axes.set_yticks(
        range(len(truths)), [both(*pair) for pair in zip(labels["label_en"], labels["label_zh"], strict=True)]
    )
    tops = ["\n".join(dict.fromkeys(pair)) for pair in zip(heads["rule_en"], heads["rule_zh"], strict=True)]
    axes.set_xticks(range(len(rules)), tops, fontsize=SMALL - 1, rotation=30, ha="left", rotation_mode="anchor")
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.spines[:].set_visible(False)
    note = f"Framed: false claims above {percent(LEVEL)}, or detections below {percent(POWER)}. Small: 95% interval."
    axes.set_xlabel(note, loc="left", fontsize=SMALL)
    worst = table[table["rule"].eq("gate") & ~table["segments"]].sort_values("share").iloc[-1]
    best = table[table["rule"].eq("gate") & table["segments"]].iloc[0]
    alt = values.text(
        f"The gates claim segments where there are none in at most {percent(worst['share'])} of the samples "
        f"({worst['label_en']}) and find three planted ones in {percent(best['share'])}.",
        f"无分群时，三道门槛误判比例最高为{percent(worst['share'])}（{worst['label_zh']}）；"
        f"三个植入群体的检出比例为{percent(best['share'])}。",
    )
    return Drawing(title, table, ["truth", "rule"], figure, alt)


def _frame(row: int, column: int) -> Any:
    """A frame around a cell that misses its aim."""
    return Rectangle((column - 0.47, row - 0.45), 0.94, 0.9, fill=False, edgecolor=SECOND, lw=1.4)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    table = rates({truth: tables.read(path) for truth, path in zip(TRUTHS, snakemake.input.samples, strict=True)})
    tables.write(table, snakemake.output.table, ["position"])
    write({"gate": draw(table)}, snakemake.output)
    aims = np.where(table["segments"], table["share"] >= POWER, table["share"] <= LEVEL)
    print(
        table.assign(aim=np.where(aims, "held", "missed"))[["truth", "rule", "share", "share_low", "share_high", "aim"]]
    )


if __name__ == "__main__":
    run(main, snakemake)
