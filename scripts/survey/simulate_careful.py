"""How often the screening is wrong: careful answers that it flags, careless ones that it does not find.

Method. Careful answers are drawn from a Gaussian copula that is fitted to the answers which were not flagged
(scripts/lib/copula.py): every item keeps its distribution and its holes, the items keep their correlations; times are
drawn from those of the same answers, and attention checks are right. ``careful_samples`` samples, each at most 500
answers, go through the code, the plan and the limits that screened the real answers (scripts/survey/screening.py). The
share that is flagged, by index and in all, is the false-flag rate; above ``false_flags`` it is a named warning. Beside
it stands the rate that would hold if the two consistencies counted as two.

Then ``planted_share`` of each sample is replaced, in equal parts, by three patterns: one point of the scale throughout
(straight line), any point (random), two neighbouring points in turn (alternating); scales of other lengths get the
same place of theirs, the attention check its share of the pattern, holes and times stay, so that only what was answered
gives a pattern away. The share that is found is the power of the screening.

Intervals are Wilson's over respondents; they hold for this copula and do not tell how well it describes careful people,
who also slip at attention checks. Refused below 30 answers that were not flagged.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import copula, tables, values
from scripts.lib.intervals import wilson
from scripts.lib.job import run
from scripts.survey.screen_responses import LIMITS
from scripts.survey.screening import INDICES, Answers, Plan, answers_of, make_plan, screen

Floats = NDArray[np.float64]
FEWEST = 30
LARGEST = 500  # answers a sample; the shares need many answers in all, not large samples
PATTERNS = {
    "straight": ("One answer throughout", "全部选同一分值"),
    "random": ("Any answer", "随机作答"),
    "alternating": ("Two neighbouring answers in turn", "相邻两分值交替"),
}
CAREFUL = ("Careful", "认真作答")
RULES = {
    "flagged": ("Flagged by the rule", "按规则判定"),
    "apart": ("If the two consistencies counted as two", "若两项一致性分别计票"),
}
FALSE = ["position", "index", "label_en", "label_zh", "n", "n_flagged", "share", "low", "high"]
FOUND = ["position", "pattern", "label_en", "label_zh", "n", "n_flagged", "share", "low", "high"]
FOUND += [f"share_{name}" for name in INDICES]


class Planted(NamedTuple):
    """A sample with patterns planted: where they stand, and the number of the pattern at each place."""

    answers: Answers
    rows: NDArray[np.int64]
    kinds: NDArray[np.int64]


class Simulated(NamedTuple):
    """Screened answers, one row a respondent: the careful ones, and the planted ones."""

    careful: pd.DataFrame
    planted: pd.DataFrame


class Careful:
    """The model of careful answers."""

    def __init__(self, answers: Answers, rng: np.random.Generator) -> None:
        """``answers`` are those that were not flagged."""
        keys = np.nan_to_num(answers.ratings, nan=-1.0)
        order = np.lexsort(keys.T[::-1])  # by the answers alone: a shuffled file gives the same draws
        self.ratings = answers.ratings[order]
        self.seconds = np.sort(answers.seconds_per_item)
        self.checked = np.isnan(answers.attention[order])
        self.known = ~np.isnan(self.ratings).all(axis=0)
        self.copula = copula.fit(self.ratings[:, self.known])
        self.rng = rng

    def draw(self) -> Answers:
        """One sample of careful answers."""
        n = len(self.ratings)
        at = np.sort(self.rng.choice(n, LARGEST, replace=False)) if n > LARGEST else np.arange(n)
        ratings = np.full((len(at), self.ratings.shape[1]), np.nan)
        ratings[:, self.known] = copula.draw(self.ratings[np.ix_(at, self.known)], self.copula, self.rng)
        return Answers(ratings, self.rng.choice(self.seconds, len(at)), np.where(self.checked[at], np.nan, 0.0))


def pattern(kind: str, n: int, plan: Plan, rng: np.random.Generator) -> Floats:
    """Answers of ``n`` careless respondents to every rating item, on the points of its scale."""
    if kind == "random":
        return plan.low + np.floor(rng.random((n, len(plan.low))) * (plan.width + 1))
    place = rng.random((n, 1))
    if kind == "straight":
        return plan.low + np.floor(place * (plan.width + 1))
    return plan.low + np.floor(place * plan.width) + np.arange(len(plan.low)) % 2


def plant(careful: Answers, share: float, turn: int, plan: Plan, right: float, rng: np.random.Generator) -> Planted:
    """A careful sample with ``share`` of its answers replaced by the patterns in turn, at least one of each.

    ``turn`` is the number of the sample: it says which pattern comes first where their number is no multiple of three.
    ``right`` is the chance that a pattern meets the attention checks.
    """
    n = max(round(share * len(careful.ratings)), len(PATTERNS))
    rows = rng.choice(len(careful.ratings), n, replace=False)
    kinds = (np.arange(n) + turn) % len(PATTERNS)
    ratings, attention = careful.ratings.copy(), careful.attention.copy()
    for number, kind in enumerate(PATTERNS):
        at = rows[kinds == number]
        ratings[at] = np.where(np.isnan(ratings[at]), np.nan, pattern(kind, len(at), plan, rng))
    attention[rows] = np.where(np.isnan(attention[rows]), np.nan, rng.random(n) >= right)
    return Planted(careful._replace(ratings=ratings, attention=attention), rows, kinds)


def simulate(answers: Answers, plan: Plan, survey: dict[str, Any], right: float, seed: int) -> Simulated:
    """Screened samples: careful answers, and those with patterns planted, of these the planted rows alone."""
    rng = np.random.default_rng([seed, zlib.crc32(b"careful")])
    model = Careful(answers, rng)
    careful, found = [], []
    for sample in range(survey["careful_samples"]):
        drawn = model.draw()
        careful.append(screen(drawn, plan, survey).assign(sample=sample))
        planted = plant(drawn, survey["planted_share"], sample, plan, right, rng)
        screened = screen(planted.answers, plan, survey).iloc[planted.rows]
        found.append(screened.assign(pattern=np.array(list(PATTERNS))[planted.kinds]))
    return Simulated(pd.concat(careful, ignore_index=True), pd.concat(found, ignore_index=True))


def _share(hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {"share": hits / n if n else np.nan, "low": float(low), "high": float(high)}


def false_table(careful: pd.DataFrame, survey: dict[str, Any]) -> pd.DataFrame:
    """One row an index, then the rule, then the rule if the consistencies counted as two."""
    apart = careful[[f"flag_{name}" for name in INDICES]].sum(axis=1) >= survey["flags_needed"]
    flags = {name: (careful[f"flag_{name}"], careful[name].notna(), LIMITS[name][1:3]) for name in INDICES}
    flags |= {
        name: (rows, pd.Series(True, index=careful.index), RULES[name])
        for name, rows in (("flagged", careful["flagged"]), ("apart", apart))
    }
    out = []
    for position, (name, (flag, known, label)) in enumerate(flags.items(), start=1):
        n, hits = int(known.sum()), int(flag.sum())
        row = {"position": position, "index": name, "label_en": label[0], "label_zh": label[1]}
        out.append(row | {"n": n, "n_flagged": hits} | _share(hits, n))
    return pd.DataFrame(out)[FALSE]


def planted_table(simulated: Simulated) -> pd.DataFrame:
    """Careful answers, then one row a pattern: how many the rule flags, and the share beyond each limit."""
    kinds = {"careful": (simulated.careful, CAREFUL)}
    kinds |= {name: (simulated.planted[simulated.planted["pattern"] == name], PATTERNS[name]) for name in PATTERNS}
    out = []
    for position, (name, (rows, (en, zh))) in enumerate(kinds.items(), start=1):
        n, hits = len(rows), int(rows["flagged"].sum())
        row = {"position": position, "pattern": name, "label_en": en, "label_zh": zh, "n": n, "n_flagged": hits}
        beyond = {f"share_{index}": rows[f"flag_{index}"].mean() for index in INDICES}
        out.append(row | _share(hits, n) | beyond)
    return pd.DataFrame(out)[FOUND]


def false_warnings(share: float, limit: float) -> list[dict[str, Any]]:
    """Where the screening flags too many careful answers."""
    if share <= limit:
        return []
    return [
        values.warning(
            "false_flags_many",
            "caution",
            f"With these limits the screening flags {share:.1%} of careful simulated answers, more than {limit:.0%}: "
            "some of the flagged answers are careful ones. Set the limits stricter, or keep the flagged answers.",
            f"按现有阈值，模拟的认真作答中有{share:.1%}被判为随意作答，高于{limit:.0%}：被标记的答卷中有一部分其实是认真作答。"
            "请收紧阈值，或保留被标记的答卷。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, survey = snakemake.input, snakemake.output, snakemake.params.survey
    book = tables.read(source.codebook)
    responses, careless = tables.read(source.responses), tables.read(source.careless)
    answers = answers_of(responses, book)
    plan = make_plan(answers, book, survey)
    kept = ~responses["respondent"].isin(careless.loc[careless["flagged"].eq("yes"), "respondent"]).to_numpy()
    false, found = tables.empty(FALSE), tables.empty(FOUND)
    said: dict[str, Any] = {"n_fitted": int(kept.sum()), "limit": survey["false_flags"]}
    if kept.sum() < FEWEST:
        said |= values.refused(
            f"How often careful answers would be flagged is not known: {kept.sum()} answers were not flagged, and a "
            f"model of careful answers needs {FEWEST}.",
            f"未能估计误判率：未被标记的答卷仅{kept.sum()}份，不足{FEWEST}份。",
        )
    else:
        checks = book[book["role"].eq("attention_check")]
        points = checks["scale_max"].astype(float) - checks["scale_min"].astype(float) + 1
        part = Answers(*(column[kept] for column in answers))
        simulated = simulate(part, plan, survey, float((1 / points).prod()), snakemake.params.seed)
        false, found = false_table(simulated.careful, survey), planted_table(simulated)
        rate = false.set_index("index")
        between = simulated.careful.groupby("sample")["flagged"].mean()
        said |= {
            "method": "Gaussian copula of the answers that were not flagged; Wilson interval over respondents",
            "n_samples": survey["careful_samples"],
            "n_simulated": len(simulated.careful),
            **{name: rate.at["flagged", name] for name in ("share", "low", "high")},
            "largest_sample_share": between.max(),
            "share_apart": rate.at["apart", "share"],
            "planted_share": survey["planted_share"],
            "n_planted": len(simulated.planted),
            "share_found": simulated.planted["flagged"].mean(),
            "seed": snakemake.params.seed,
            "warnings": false_warnings(float(rate.at["flagged", "share"]), survey["false_flags"]),
        }
    tables.write(false, output.false, ["position"])
    tables.write(found, output.planted, ["position"])
    values.write(said, output.values)


if __name__ == "__main__":
    run(main, snakemake)
