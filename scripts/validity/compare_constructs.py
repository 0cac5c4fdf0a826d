"""Whether the constructs of the questionnaire are told apart: the heterotrait-monotrait ratio of each pair.

HTMT with its bootstrap interval (scripts/validity/htmt.py), on all constructs that keep two items or more; beside it
HTMT2, the latent correlation and the criterion of Fornell and Larcker, where confirm_factors has them. Respondents of
one business group are resampled together where the customer list says so.

Verdict: ``apart`` when the ratio is below ``scales.htmt_caution`` and its interval below ``scales.htmt_limit``;
``not_apart`` when the ratio reaches ``scales.htmt_limit``; ``unsure`` in between. Scores of constructs that are not
told apart are not to be compared: no difference between them can be read.

Refuses below 60 answers (descriptives only) and with fewer than two such constructs.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import percentile
from scripts.lib.job import run
from scripts.lib.resampling import resample, tie_break, unit_of
from scripts.survey.keyed import keyed_answers
from scripts.survey.scales import correlations
from scripts.validity.htmt import htmt, htmt2, htmt_draws
from scripts.validity.model import entered, owners, passed_on

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DESCRIPTIVE = 60  # METHODS, "Sample": below this many answers descriptives only
NAMED = 6  # pairs that a warning names; the table has all of them
PAIRS = ["first", "second", "first_en", "first_zh", "second_en", "second_zh", "outcomes", "htmt", "htmt_low"]
PAIRS += ["htmt_high", "htmt2", "latent_r", "fornell_larcker", "verdict"]


def verdicts(ratio: pd.Series, high: pd.Series, settings: dict[str, Any]) -> list[str]:
    """Whether each pair is told apart."""
    apart = ratio.lt(settings["htmt_caution"]) & high.lt(settings["htmt_limit"])
    return list(np.where(ratio.ge(settings["htmt_limit"]), "not_apart", np.where(apart, "apart", "unsure")))


def pair_table(
    R: Floats, owner: Ints, constructs: pd.DataFrame, draws: Floats, settings: dict[str, Any]
) -> pd.DataFrame:
    """One row a pair of constructs, in their order; ``draws`` (draws, m, m) are differences from the estimate."""
    ratio, geometric = htmt(R, owner), htmt2(R, owner)
    low, high = percentile(draws, settings["confidence"])
    first, second = np.triu_indices(len(constructs), 1)
    out = pd.DataFrame({"htmt": ratio[first, second], "htmt2": geometric[first, second]})
    for name, at in (("first", first), ("second", second)):
        rows = constructs.iloc[at].reset_index(drop=True)
        out[[name, f"{name}_en", f"{name}_zh"]] = rows[["construct", "label_en", "label_zh"]]
    out["htmt_low"] = np.maximum(out["htmt"] + low[first, second], 0)
    out["htmt_high"] = out["htmt"] + high[first, second]
    out["verdict"] = verdicts(out["htmt"], out["htmt_high"], settings)
    return out


def with_latent(pairs: pd.DataFrame, parameters: pd.DataFrame, validity: pd.DataFrame) -> pd.DataFrame:
    """The pairs with their latent correlations and Fornell and Larcker's criterion; blank where there is no CFA."""
    r = {frozenset((row.lhs, row.rhs)): row.standardised for row in parameters.itertuples() if row.op == "~~"}
    ave = dict(zip(validity["construct"], validity["ave"], strict=True))
    latent = [r.get(frozenset(pair), np.nan) for pair in zip(pairs["first"], pairs["second"], strict=True)]
    smaller = np.minimum(pairs["first"].map(ave).astype(float), pairs["second"].map(ave).astype(float))
    out = pairs.assign(latent_r=latent)
    met = np.where(out["latent_r"] ** 2 < smaller, "yes", "no")
    out["fornell_larcker"] = np.where(out["latent_r"].isna(), None, met)
    return out


def warn(pairs: pd.DataFrame, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Pairs that are not told apart, and pairs of which it is not sure."""
    texts = {
        "not_apart": (
            "constructs_not_apart",
            "serious",
            "Not told apart, because HTMT reaches {limit:.2f}: {en}. Their scores must not be read against each other; "
            "join the scales or keep one.",
            "HTMT达到{limit:.2f}，未能区分：{zh}。其得分不可相互比较；应合并量表或保留其一。",
        ),
        "unsure": (
            "constructs_hardly_apart",
            "caution",
            "Hardly told apart, because HTMT or its interval comes near {limit:.2f}: {en}. A difference between their "
            "scores says little.",
            "HTMT 或其区间接近{limit:.2f}，区分不明：{zh}。其得分差异意义有限。",
        ),
    }
    out = []
    for verdict, (code, severity, en, zh) in texts.items():
        rows = pairs[pairs["verdict"].eq(verdict)].sort_values("htmt", ascending=False, kind="stable")
        if len(rows):
            first, rest = rows.head(NAMED), len(rows) - NAMED
            first = first.fillna({"first_zh": first["first_en"], "second_zh": first["second_en"]})
            told = {
                "limit": settings["htmt_limit"],
                "en": "; ".join(first["first_en"] + " and " + first["second_en"]),
                "zh": "；".join(first["first_zh"] + "与" + first["second_zh"]),
            }
            if rest > 0:
                more = values.count(rest, "more pair", "more pairs")
                told |= {"en": f"{told['en']}; and {more}", "zh": f"{told['zh']}；另有{rest}对"}
            out.append(values.warning(code, severity, en.format(**told), zh.format(**told)))
    return out


def refusal(n: int, m: int) -> dict[str, Any] | None:
    """Values that say why the constructs are not compared, or None."""
    if n < DESCRIPTIVE:
        return values.refused(
            f"Whether the scales are told apart is not tested: {n} answers are fewer than {DESCRIPTIVE}.",
            f"量表区分效度未作检验：答卷{n}份，少于{DESCRIPTIVE}份。",
        )
    if m < 2:
        return values.refused(
            "Whether the scales are told apart is not tested: fewer than two of them keep two usable items.",
            "量表区分效度未作检验：保留两题以上的量表不足两个。",
        )
    return None


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, settings = snakemake.input, snakemake.output, snakemake.params.scales
    n, pairs = values.read(source.estimated), tables.empty(PAIRS)
    said: dict[str, Any] = passed_on(n) if n["status"] != "ok" else {}
    if not said:
        S, items = entered(tables.read(source.covariance), tables.read(source.entering))
        owner, rows, constructs = owners(items, tables.read(source.constructs))
        said = refusal(n["n"], len(constructs)) or {}
    if not said:
        complete = tables.read(source.complete)
        answers = keyed_answers(complete, tables.read(source.codebook))[rows["item"].tolist()]
        answered = answers.notna().any(axis=1)
        X, complete = answers[answered].to_numpy(float), complete[answered]
        units = unit_of(complete["respondent"], tables.read(source.units))
        order = np.lexsort([tie_break(units), *np.nan_to_num(X, nan=-1e9).T])  # whatever the order of the file
        rng = np.random.default_rng([snakemake.params.seed, zlib.crc32(b"compare_constructs")])
        draws = htmt_draws(X[order], owner, resample(units[order], settings["htmt_draws"], rng))
        pairs = pair_table(correlations(S[np.ix_(rows.index, rows.index)]), owner, constructs, draws, settings)
        outcome = set(rows.loc[rows["role"].eq("outcome"), "construct"])
        pairs["outcomes"] = pairs["first"].isin(outcome) & pairs["second"].isin(outcome)
        pairs = with_latent(pairs, tables.read(source.parameters), tables.read(source.validity))[PAIRS]
        said = {
            "method": "HTMT (classic) of absolute EM correlations; percentile interval from pairwise correlations of "
            "resampled groups of respondents",
            "n": n["n"],
            "n_groups": len(np.unique(units)),
            "n_pairs": len(pairs),
            "verdicts": {name: int(pairs["verdict"].eq(name).sum()) for name in ("apart", "unsure", "not_apart")},
            "conventions": {name: settings[name] for name in ("htmt_caution", "htmt_limit")},
            "draws": settings["htmt_draws"],
            "seed": snakemake.params.seed,
            "warnings": warn(pairs, settings),
        }
    tables.write(pairs, output.pairs, ["first", "second"])
    values.write(said, output.values)


if __name__ == "__main__":
    run(main, snakemake)
