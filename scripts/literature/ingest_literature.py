"""Read the literature: records on the subject and on the methods, and the coding sheet.

Method. BibTeX is parsed by bibtexparser 2.1 and decoded from LaTeX to Unicode. A record is *verified* when its field
``verification`` says where it was seen besides here; empty or beginning with "unverified" means that it was not. A year
"n.d." stands for a record whose source prints none; it is kept as missing. The coding sheet is checked against the
records and the closed lists (``scripts/literature/coding.py``).

Fails with one line a fault when a file is not BibTeX, a key stands twice (in one file or in both, for both feed one
list of references), a record lacks title or year, or the coding sheet names a key or topic that does not exist.
"""

import logging
import re
from pathlib import Path
from typing import Any

import bibtexparser
import pandas as pd
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

from scripts.lib import tables, values
from scripts.lib.job import InputError, run
from scripts.literature.coding import load_code_lists, read_coding

COLUMNS = [
    "key",
    "list",
    "type",
    "authors",
    "year",
    "title",
    "journal",
    "doi",
    "url",
    "abstract",
    "verification",
    "verified",
]
YEAR = re.compile(r"\d{4}")
UNDATED = "n.d."
CONTAINERS = ("journal", "booktitle", "publisher", "school", "institution", "howpublished")
MOST = 12


def explain(block: Block) -> str:
    """What is wrong with a block that is not a record."""
    line = (block.start_line or 0) + 1
    if isinstance(block, DuplicateBlockKeyBlock):
        return f"line {line}, entry {block.key}: found the key twice; allowed: each key once; rename or remove one"
    if isinstance(block, DuplicateFieldKeyBlock):
        names = ", ".join(sorted(block.duplicate_keys))
        return f"line {line}: found the field {names} twice in one entry; allowed: each field once; remove one"
    reason = " ".join(str(getattr(block, "error", "")).split())
    allowed = "@type{key, field = {value}, ...}"
    return f"line {line}: found an entry that is not BibTeX ({reason}); allowed: {allowed}; mend it"


def parse(text: str, kind: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Records of a BibTeX text as rows of ``COLUMNS``, and its faults, one line each.

    Parameters
    ----------
    text
        BibTeX.
    kind
        ``literature`` or ``methods``, the column ``list``.
    """
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    faults = [explain(block) for block in library.failed_blocks]
    records = []
    for entry in library.entries:
        fields = {field.key.lower(): " ".join(str(field.value).split()) for field in entry.fields}
        faults += _lacking(entry, fields)
        seen = fields.get("verification", "")
        records.append(
            {
                "key": entry.key,
                "list": kind,
                "type": entry.entry_type.lower(),
                "authors": fields.get("author", fields.get("editor", "")).replace(" and ", "; "),
                "year": int(fields["year"]) if YEAR.fullmatch(fields.get("year", "")) else None,
                "title": fields.get("title", ""),
                "journal": next((fields[name] for name in CONTAINERS if fields.get(name)), ""),
                "doi": fields.get("doi", ""),
                "url": fields.get("url", ""),
                "abstract": bool(fields.get("abstract")),
                "verification": seen,
                "verified": bool(seen) and not seen.lower().startswith("unverified"),
            }
        )
    return records, faults


def _lacking(entry: Entry, fields: dict[str, str]) -> list[str]:
    place = f"line {(entry.start_line or 0) + 1}, entry {entry.key}"
    faults = []
    if not fields.get("title"):
        faults.append(f"{place}, field title: found nothing; allowed: the title of the work; add it")
    year = fields.get("year", "")
    if year != UNDATED and not YEAR.fullmatch(year):
        found = repr(year) if year else "nothing"
        faults.append(f"{place}, field year: found {found}; allowed: four digits, or {UNDATED}; correct it")
    return faults


def read_list(path: str, kind: str, study: str) -> pd.DataFrame:
    """The records of one BibTeX file.

    Raises
    ------
    InputError
        If the file cannot be read or a record is not whole.
    """
    place = f"study {study}, file {path}"
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: found no UTF-8 text (byte {error.start}); allowed: BibTeX in UTF-8; save it again as UTF-8"
        ) from error
    records, faults = parse(text, kind)
    if not records and not faults:
        faults = ["found no entry; allowed: BibTeX entries; add the records"]
    if faults:
        raise InputError(" ;; ".join(f"{place}, {fault}" for fault in faults[:MOST]))
    return pd.DataFrame(records, columns=COLUMNS).astype({"year": "Int64"})


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, study = snakemake.input, snakemake.params.study
    literature = read_list(source.literature, "literature", study)
    methods = read_list(source.methods, "methods", study)
    both = sorted(set(literature["key"]) & set(methods["key"]))
    if both:
        raise InputError(
            f"study {study}, file {source.methods}, entry {', '.join(both)}: found a key of {source.literature}; "
            "allowed: each key in one of the two files, which feed one list of references; remove it from one"
        )
    lists = load_code_lists(source.topics, study)
    coding = read_coding(source.coding, study, lists, list(literature["key"]))
    logging.info("%d records, %d of methods, %d coded", len(literature), len(methods), len(coding))
    uncoded = sorted(set(literature["key"]) - set(coding["key"]))
    warnings = []
    if uncoded:
        warnings.append(
            values.warning(
                "literature_uncoded",
                "caution",
                f"{len(uncoded)} records are not in the coding sheet and in no table of topics: {', '.join(uncoded)}.",
                f"有{len(uncoded)}条文献未编码，不进入任何主题表：{'、'.join(uncoded)}。",
            )
        )
    tables.write(pd.concat([literature, methods]), snakemake.output.records, ["key"])
    tables.write(coding, snakemake.output.coding, ["key"])
    values.write(
        {
            "n_literature": len(literature),
            "n_methods": len(methods),
            "n_verified": int(literature["verified"].sum()),
            "n_methods_verified": int(methods["verified"].sum()),
            "n_undated": int(literature["year"].isna().sum()),
            "n_abstracts": int(literature["abstract"].sum()),
            "n_coded": len(coding),
            "own_source_marked": bool((coding["own_source"] == "yes").any()),
            "warnings": warnings,
        },
        snakemake.output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
