"""The factors as a table: evidence in words, the raters' judgements, and the attributes that a factor bears on."""

from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from scripts.environment.factors import QUADRANTS, Evidence, Factors, attributes_of

# What a ``pipeline`` value stands on, in words: a reader is shown no identifier.
TESTED_BY = {"ipa": ("importance and performance", "重要性与绩效"), "whitespace": ("unmet demand", "未满足需求")}


def judgements(document: Factors) -> pd.DataFrame:
    """One row a matrix, factor and rater: weight and rating."""
    rows = [
        (matrix.id, factor.id, rater, judgement.weight, judgement.rating)
        for matrix in document.matrices
        for factor in matrix.factors
        for rater, judgement in factor.ratings.items()
    ]
    return pd.DataFrame(rows, columns=["matrix", "factor", "rater", "weight", "rating"])


def work_name(authors: str, year: Any) -> str:
    """Short name of a work: family names of up to two authors, or of the first and others, and the year."""
    names = [author.split(",")[0].strip() for author in authors.split(";") if author.strip()]
    who = " and ".join(names) if len(names) <= 2 else f"{names[0]} and others"
    return who if pd.isna(year) else f"{who} {int(year)}"


def site(url: str | None) -> str:
    """The site of a page, in brackets after what it says."""
    host = urlsplit(url if url and "//" in url else f"//{url or ''}").netloc.removeprefix("www.")
    return f" ({host})" if host else ""


def describe(item: Evidence, indicators: pd.DataFrame, works: dict[str, str]) -> tuple[str, str]:
    """A piece of evidence in words, in the report's two languages.

    ``indicators`` has the id as index and the columns label_en, label_zh, region, region_zh, period, value, unit;
    ``works`` has the short name of each record by its key.
    """
    if item.type == "indicator":
        row = indicators.loc[item.id]
        times = "× " if str(row["unit"])[0].isdigit() else ""
        figure = f"{row['period']}: {row['value']:,.6g} {times}{row['unit']}"
        chinese = [row["label_zh"], row["region_zh"]]
        zh = [label for label in chinese if isinstance(label, str)] or [row["label_en"], row["region"]]
        return f"{row['label_en']}, {row['region']}, {figure}", f"{'，'.join(zh)}，{figure}"
    if item.type == "source":
        place = site(item.url)
        return f"{item.what}{place}", f"{item.what}{place}"
    if item.type == "literature":
        name = works[str(item.key)]
        return f"literature: {name}", f"文献：{name}"
    if item.type == "pipeline":
        en, zh = TESTED_BY.get(str(item.value).split(".")[0], ("answers to one question", "单题回答"))
        return f"to be tested by the survey ({en})", f"由调查检验（{zh}）"
    return "illustrative", "示例"


def label(document: Factors, weighed: pd.DataFrame, indicators: pd.DataFrame, works: dict[str, str]) -> pd.DataFrame:
    """The weighed factors with statement, evidence in words and what the survey will test, in the file's order."""
    rows = []
    for matrix in document.matrices:
        for factor in matrix.factors:
            words = [describe(item, indicators, works) for item in factor.evidence]
            types = [item.type for item in factor.evidence]
            rows.append(
                {
                    "position": len(rows) + 1,
                    "matrix": matrix.id,
                    "factor": factor.id,
                    "kind": factor.kind,
                    "direction": factor.direction,
                    "label_en": factor.statement.en,
                    "label_zh": factor.statement.zh,
                    "evidence_type": ";".join(dict.fromkeys(types)),
                    "illustrative": "illustrative" in types,
                    "pipeline": ";".join(item.value for item in factor.evidence if item.value),
                    "cites": ";".join(item.key for item in factor.evidence if item.key),
                    "attributes": ";".join(attributes_of(factor)),
                    "evidence_en": "; ".join(en for en, _ in words),
                    "evidence_zh": "；".join(zh for _, zh in words),
                    "quadrant": QUADRANTS[factor.direction],
                }
            )
    return pd.DataFrame(rows).merge(weighed, on=["matrix", "factor"], validate="one_to_one")
