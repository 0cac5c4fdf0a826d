"""Who answered, and how far they stand for the customer list.

Response rate with Wilson interval; coverage of the list; margin of sampling error for a share of one half with the
finite-population correction z sqrt(p(1-p)/n (N-n)/(N-1)); required n after Krejcie & Morgan (1970), chi-square 3.841,
P .5, d .05; those who answered against the list, as standardised differences and as tests
(scripts/survey/representativeness.py). The correction is for sampling error, not for
non-response. N is the number of customers on the list that could be asked: existing and lost, not prospects.

A study without a customer list says what is therefore unknown.
"""

from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.intervals import wilson
from scripts.lib.job import run
from scripts.lib.suppression import suppress
from scripts.survey.representativeness import COMPARED, TESTED, category_labels, compare_tests, compare_with_list

Z95 = 1.959963984540054
DESCRIPTIVE = 60  # METHODS, "Sample": below this many answers descriptives only
LEVEL = 0.05  # false discovery rate at which the text calls a characteristic different


def margin_of_error(n: int, population: int, p: float = 0.5) -> float:
    """Half width of a 95% interval for a share, with finite-population correction; 0 for a census."""
    if n >= population:
        return 0.0
    return Z95 * sqrt(p * (1 - p) / n * (population - n) / (population - 1))


def required_sample(population: int) -> float:
    """Krejcie & Morgan's (1970) sample for a share of one half within five points."""
    chi2, p, d = 3.841, 0.5, 0.05
    return chi2 * population * p * (1 - p) / (d**2 * (population - 1) + chi2 * p * (1 - p))


def respondents(complete: pd.DataFrame, book: pd.DataFrame, options: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Counts of the respondents by each single-choice firmographic item."""
    rows = []
    singles = book[book["role"].eq("firmographic") & book["type"].eq("single")]["item"]
    for item in singles:
        answered = complete[item].dropna()
        for option in options[options["item"] == item].itertuples():
            n = int((answered == option.key).sum())
            share = n / len(answered) if len(answered) else np.nan
            rows.append([item, option.position, option.key, option.label_en, option.label_zh, n, share])
    frame = pd.DataFrame(rows, columns=["item", "position", "key", "label_en", "label_zh", "n", "share"])
    if frame.empty:
        return frame.assign(suppressed=pd.Series(dtype=bool))
    return suppress(frame, min_cell, group=None, key="key", by=["item"], blank=["share"])


def flow_table(counts: list[tuple[str, str, str, int | None]]) -> pd.DataFrame:
    """From list to usable answers: one row a step that is known."""
    known = [count for count in counts if count[3] is not None]
    frame = pd.DataFrame(known, columns=["step", "label_en", "label_zh", "n"])
    frame.insert(0, "position", range(1, len(frame) + 1))
    return frame


def sample_values(n_list: int | None, n_invited: int | None, n_returned: int, n_usable: int) -> dict[str, Any]:
    """Response rate, coverage, margin of error and required n, as far as they are known."""
    out: dict[str, Any] = {
        "n_list": n_list,
        "n_invited": n_invited,
        "n_returned": n_returned,
        "n_usable": n_usable,
        "list_known": n_list is not None,
        "invited_known": n_invited is not None,
    }
    if n_invited:
        low, high = wilson(n_returned, n_invited)
        out |= {"response_rate": n_returned / n_invited, "response_rate_low": low, "response_rate_high": high}
    if n_list:
        out |= {
            "coverage": n_usable / n_list,
            "margin_of_error": margin_of_error(n_usable, n_list),
            "required_n": int(np.ceil(required_sample(n_list))),
            "enough": n_usable >= required_sample(n_list),
            "census": n_invited is not None and n_invited >= n_list,
        }
    return out


def sample_warnings(found: dict[str, Any], sample: pd.DataFrame, limit: float) -> list[dict[str, Any]]:
    """What a reader must know before taking the answers for all customers."""
    out = []
    if not found["list_known"]:
        out.append(
            values.warning(
                "no_list",
                "caution",
                f"There is no customer list: {'' if found['invited_known'] else 'response rate, '}coverage, sampling "
                "error, the difference between those who answered and those who did not, whether the answers ought to "
                "be weighted, and which of them come from one business group are unknown.",
                f"没有客户名单,{'' if found['invited_known'] else '回收率、'}覆盖率、抽样误差、答卷者与未答者的差异、"
                "是否需要加权以及哪些答卷出自同一企业集团均无从得知。",
            )
        )
    different = sample[sample["difference"].abs() > limit]
    if len(different):
        worst = different.loc[different["difference"].abs().idxmax()]
        out.append(
            values.warning(
                "responders_differ",
                "caution",
                f"Those who answered differ from the list in {len(different)} of {len(sample)} comparisons, most in "
                f"{worst['label_en']} ({worst['difference']:+.2f} standard deviations); results hold for the sample "
                "first, for the list with care.",
                f"答卷者与名单在{len(different)}项比较中存在差异,最大者为{worst['label_zh'] or worst['label_en']}"
                f"({worst['difference']:+.2f}个标准差);结论首先适用于样本。",
            )
        )
    if found["n_usable"] < DESCRIPTIVE:
        out.append(
            values.warning(
                "few_answers",
                "serious",
                f"Only {found['n_usable']} usable answers: the report describes them and infers nothing.",
                f"有效答卷仅{found['n_usable']}份,报告只作描述,不作推断。",
            )
        )
    return out


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, params = snakemake.input, snakemake.params
    complete, options, book = (tables.read(path) for path in (source.complete, source.options, source.codebook))
    imported, screened = values.read(source.imported), values.read(source.screened)
    listed = values.read(source.customers_values)["status"] == "ok"
    sample, tested = tables.empty(COMPARED), tables.empty(TESTED)
    n_list, n_invited = None, params.survey["invited"]
    if listed:
        customers = tables.read(source.customers)
        askable = customers[customers["status"] != "prospect"]
        n_list, n_invited = len(askable), int(customers["invited"].astype(int).sum())
        linked = complete["customer_id"].dropna()
        if askable["customer_id"].isin(linked).any():
            sample = compare_with_list(askable, linked, category_labels(book, options), params.min_cell)
            if len(complete) >= DESCRIPTIVE:
                tested = compare_tests(askable, linked, sample)
    found = sample_values(n_list, n_invited, imported["n_read"], len(complete))
    found["n_flagged"], found["treatment"] = screened["n_flagged"], screened["treatment"]
    found["n_linked"] = imported["n_linked"]
    found["largest_difference"] = sample["difference"].abs().max() if len(sample) else None
    found["compared"], found["n_tests"] = len(sample) > 0, len(tested)
    found["n_tests_apart"], found["level"] = int(tested["p_bh"].lt(LEVEL).sum()), LEVEL
    found["different"] = params.survey["different"]
    found["n_sparse"] = int(tested["sparse"].eq(True).sum())
    flow = flow_table(
        [
            ("list", "Customers on the list", "名单客户", n_list),
            ("invited", "Invited", "邀请", n_invited),
            ("returned", "Answers returned", "回收", imported["n_read"]),
            ("flagged", "Flagged as careless", "疑似随意作答", screened["n_flagged"]),
            ("used", "Used", "有效", len(complete)),
        ]
    )
    tables.write(flow, snakemake.output.flow, ["position"])
    tables.write(sample, snakemake.output.sample, ["dimension", "key"])
    tables.write(tested, snakemake.output.tested, ["position"])
    profile = respondents(complete, book, options, params.min_cell)
    tables.write(profile, snakemake.output.profile, ["item", "position"])
    values.write(
        found | {"warnings": sample_warnings(found, sample, params.survey["different"])}, snakemake.output.values
    )


if __name__ == "__main__":
    run(main, snakemake)
