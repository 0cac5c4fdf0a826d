"""Whether the answers fit the scales that the questionnaire names: each item on its construct, constructs correlated.

Confirmatory factor analysis by maximum likelihood (scripts/validity/cfa.py) on the EM covariance of
estimate_covariance; standard errors and chi-square are those of two-stage maximum likelihood, which allows for the
holes (scripts/validity/standard_errors.py), and the indices of fit are lavaan's (scripts/validity/fit_indices.py). AVE
and CR are those of standardised loadings (Fornell & Larcker 1981); by their criterion a construct is told apart when
the root of its AVE is above its correlations with the others. Answers on few points are treated as continuous and
respondents as independent, and with few answers an item chi-square rejects too often; so the indices lead, against the
conventions ``scales.cfi_floor``, ``rmsea_limit`` and ``srmr_limit`` (Hu & Bentler 1999).

A construct left with one item leaves by name; one with two is identified only through its correlations with the others,
which is said. Refuses below ``scales.cfa_n`` answers and where the model is not identified. An improper solution (a
residual variance of zero or less, a latent covariance matrix that is not positive definite, no convergence, a singular
information matrix) is a named warning, and its results are withheld.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.survey.keyed import keyed_answers
from scripts.survey.scales import correlations
from scripts.validity import cfa, cfa_words
from scripts.validity.fit_indices import FitIndices, fit_indices
from scripts.validity.model import entered, owners, passed_on
from scripts.validity.standard_errors import (
    Marker,
    baseline_scale,
    chi2_scale,
    marker_solution,
    sampling,
    standardised_errors,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
LOADINGS = ["position", "item", "construct", "construct_en", "construct_zh", "label_en", "label_zh", "n", "loading"]
LOADINGS += ["loading_se", "loading_low", "loading_high", "weak"]
PARAMETERS = ["lhs", "op", "rhs", "estimate", "se", "z", "standardised", "standardised_se"]
VALIDITY = ["position", "construct", "label_en", "label_zh", "n_items", "ave", "ave_low", "cr", "cr_low", "root_ave"]
VALIDITY += ["nearest", "nearest_en", "nearest_zh", "nearest_r", "fornell_larcker"]


class Fitted(NamedTuple):
    """A proper solution with standard errors of its standardised loadings and factor correlations, and its fit."""

    solution: cfa.Solution
    loading_se: Floats
    phi_se: Floats
    marker: Marker
    indices: FitIndices
    residuals: Floats


def fitted(S: Floats, owner: Ints, holes: Mask) -> tuple[Fitted | None, cfa.Solution]:
    """The fit to the EM covariance of rows with ``holes`` (n, k), and the bare solution; None where it is improper."""
    spread, R = np.sqrt(np.diag(S)), correlations(S)
    solution = cfa.fit(R, owner)
    heywood, definite = cfa.improper(solution)
    if not solution.converged or len(heywood) or not definite:
        return None, solution
    known = sampling(solution.implied, holes)
    try:
        loading_se, phi_se = standardised_errors(solution, known)
        marker = marker_solution(solution, spread, known)
    except np.linalg.LinAlgError:
        return None, solution
    if not (np.isfinite(loading_se).all() and np.isfinite(phi_se).all()):
        return None, solution
    scales = (chi2_scale(solution, known), baseline_scale(holes)) if holes.any() else (1.0, 1.0)
    Sigma = solution.implied * np.outer(spread, spread)
    indices = fit_indices(S, Sigma, len(holes), cfa.n_parameters(owner), *scales)
    return Fitted(solution, loading_se, phi_se, marker, indices, R - solution.implied), solution


def loading_table(items: pd.DataFrame, fit: Fitted, settings: dict[str, Any]) -> pd.DataFrame:
    """One row an item: its standardised loading with interval."""
    half = float(ndtri((1 + settings["confidence"]) / 2)) * fit.loading_se
    loading = fit.solution.loadings
    out = items.assign(
        loading=loading, loading_se=fit.loading_se, loading_low=loading - half, loading_high=loading + half
    )
    return out.assign(weak=np.abs(loading) < settings["loading_floor"])[LOADINGS]


def parameter_table(items: pd.DataFrame, constructs: pd.DataFrame, fit: Fitted) -> pd.DataFrame:
    """All parameters as lavaan lists them; the first item of each construct is its marker (1, without error)."""
    names, factors = items["item"].tolist(), constructs["construct"].tolist()
    solution, marker, m = fit.solution, fit.marker, len(factors)
    first, second = np.tril_indices(m)
    loadings = {"lhs": items["construct"].tolist(), "op": "=~", "rhs": names}
    residuals = {"lhs": names, "op": "~~", "rhs": names}
    pairs = {"lhs": [factors[j] for j in second], "op": "~~", "rhs": [factors[i] for i in first]}
    blocks = (
        (loadings, marker.loadings, solution.loadings, fit.loading_se),
        (residuals, marker.residuals, solution.residual, 2 * np.abs(solution.loadings) * fit.loading_se),
        (pairs, marker.covariances, solution.phi[first, second], fit.phi_se[first, second]),
    )
    rows = [
        pd.DataFrame(name | {"estimate": own.value, "se": own.se, "standardised": one, "standardised_se": error})
        for name, own, one, error in blocks
    ]
    out = pd.concat(rows, ignore_index=True)
    out["z"] = out["estimate"] / out["se"]
    return out[PARAMETERS]


def validity_table(
    owner: Ints, constructs: pd.DataFrame, solution: cfa.Solution, settings: dict[str, Any]
) -> pd.DataFrame:
    """One row a construct: AVE, CR, and whether the root of its AVE is above its correlations with the others."""
    rows = []
    for j, construct in enumerate(constructs.itertuples()):
        loadings = solution.loadings[owner == j]
        ave, cr = cfa.convergent_validity(loadings)
        row = {name: getattr(construct, name) for name in ("position", "construct", "label_en", "label_zh")}
        row |= {"n_items": len(loadings), "ave": ave, "cr": cr, "root_ave": float(np.sqrt(ave))}
        row |= {"ave_low": ave < settings["ave_floor"], "cr_low": cr < settings["cr_floor"]}
        if len(constructs) > 1:
            r = np.abs(np.delete(solution.phi[j], j))
            near = constructs.drop(index=j).iloc[int(r.argmax())]
            row |= {"nearest": near["construct"], "nearest_en": near["label_en"], "nearest_zh": near["label_zh"]}
            row |= {"nearest_r": float(r.max()), "fornell_larcker": bool(np.sqrt(ave) > r.max())}
        rows.append(row)
    return pd.DataFrame(rows, columns=VALIDITY)


def describe(fit: Fitted, items: pd.DataFrame, settings: dict[str, Any]) -> dict[str, Any]:
    """Fit against the conventions, and the largest correlation that the model does not explain."""
    indices = fit.indices
    met = {
        "cfi": indices.cfi >= settings["cfi_floor"],
        "rmsea": indices.df > 0 and indices.rmsea <= settings["rmsea_limit"],
        "srmr": indices.srmr <= settings["srmr_limit"],
    }
    size = np.abs(np.tril(fit.residuals, -1))
    worst = items.iloc[list(np.unravel_index(int(size.argmax()), size.shape))[::-1]]
    return {
        "method": "two-stage maximum likelihood on the EM covariance, expected information; lavaan's indices of fit",
        "n_items": len(items),
        "n_constructs": items["construct"].nunique(),
        "fit": indices._asdict(),
        "met": met,
        "n_met": sum(met.values()),
        "conventions": {name: settings[name] for name in ("cfi_floor", "rmsea_limit", "srmr_limit")},
        "testable": indices.df > 0,
        "largest_residual": {
            "value": float(fit.residuals.flat[size.argmax()]),
            "first_en": worst["label_en"].iloc[0],
            "first_zh": worst["label_zh"].iloc[0],
            "second_en": worst["label_en"].iloc[1],
            "second_zh": worst["label_zh"].iloc[1],
        },
    }


def confirm(
    S: Floats, items: pd.DataFrame, constructs: pd.DataFrame, answers: pd.DataFrame, settings: dict[str, Any]
) -> dict[str, Any]:
    """Tables ``loadings``, ``parameters``, ``validity`` (empty where refused or improper) and what is ``said``.

    ``S`` is the covariance of ``items``; ``answers`` are those that it was made of, a column an item.
    """
    owner, rows, kept = owners(items, constructs)
    none = {name: tables.empty(columns) for name, columns in EMPTY.items()}
    holes = answers[items["item"].tolist()].isna().to_numpy()
    holes = holes[~holes.all(axis=1)][:, rows.index]
    refused = cfa_words.refusal(len(holes), owner, settings)
    if refused is not None:
        return none | {"said": refused}
    fit, solution = fitted(S[np.ix_(rows.index, rows.index)], owner, holes)
    left = cfa_words.left_out(items, kept)
    if fit is None:
        return none | {"said": cfa_words.withheld(solution, rows, kept, left)}
    validity = validity_table(owner, kept, solution, settings)
    loadings = loading_table(rows, fit, settings)
    said = describe(fit, rows, settings) | {"n": len(holes), "n_weak": int(loadings["weak"].sum())}
    said["warnings"] = left + cfa_words.warn(said, kept, np.bincount(owner), validity, settings)
    parameters = parameter_table(rows, kept, fit)
    return {"loadings": loadings, "parameters": parameters, "validity": validity, "said": said}


EMPTY = {"loadings": LOADINGS, "parameters": PARAMETERS, "validity": VALIDITY}


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, settings = snakemake.input, snakemake.output, snakemake.params.scales
    n = values.read(source.estimated)
    if n["status"] == "ok":
        S, items = entered(tables.read(source.covariance), tables.read(source.entering))
        answers = keyed_answers(tables.read(source.complete), tables.read(source.codebook))
        found = confirm(S, items, tables.read(source.constructs), answers, settings)
    else:
        found = {name: tables.empty(columns) for name, columns in EMPTY.items()} | {"said": passed_on(n)}
    tables.write(found["loadings"], output.loadings, ["position"])
    tables.write(found["parameters"], output.parameters, ["lhs", "op", "rhs"])
    tables.write(found["validity"], output.validity, ["position"])
    values.write(found["said"], output.values)


if __name__ == "__main__":
    run(main, snakemake)
