"""Reading BibTeX records, strictly: each has title and year, each key stands once.

BibTeX is parsed by bibtexparser 2.1 and decoded from LaTeX to Unicode. A record is *verified* when its field
``verification`` says where it was seen besides here; empty or beginning with "unverified" means that it was not. A year
"n.d." stands for a record whose source prints none; it is kept as missing.

Plain Python without pandas: the Snakefile reads with it before anything runs.
"""

import re
from pathlib import Path
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

from scripts.lib.job import InputError
from scripts.lib.sheet import end_with

YEAR = re.compile(r"\d{4}")
UNDATED = "n.d."
CONTAINERS = ("journal", "booktitle", "publisher", "school", "institution", "howpublished")


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


def parse(text: str, kind: str, decode: bool = True) -> tuple[list[dict[str, Any]], list[str]]:
    """Records of a BibTeX text, and its faults, one line each.

    Parameters
    ----------
    text
        BibTeX.
    kind
        ``literature`` or ``methods``, the column ``list``.
    decode
        False leaves LaTeX as it is, which is quick and enough to check the records.
    """
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()] if decode else [])
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
                "abstract": fields.get("abstract", ""),
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


def read_list(path: str, kind: str, study: str, decode: bool = True) -> list[dict[str, Any]]:
    """The records of one BibTeX file.

    Raises
    ------
    InputError
        If the file cannot be read or a record is not whole, one line a fault.
    """
    place = f"study {study}, file {path}"
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: found no UTF-8 text (byte {error.start}); allowed: BibTeX in UTF-8; save it again as UTF-8"
        ) from error
    records, faults = parse(text, kind, decode)
    if not records and not faults:
        faults = ["found no entry; allowed: BibTeX entries; add the records"]
    end_with([f"{place}, {fault}" for fault in faults])
    return records


def read_both(literature: str, methods: str, study: str, decode: bool = True) -> list[dict[str, Any]]:
    """The records on the subject and on the methods; they feed one list of references, so a key stands in one of them.

    Raises
    ------
    InputError
        If a file cannot be read, a record is not whole, or a key stands in both files.
    """
    subject, tools = read_list(literature, "literature", study, decode), read_list(methods, "methods", study, decode)
    both = sorted({record["key"] for record in subject} & {record["key"] for record in tools})
    if both:
        raise InputError(
            f"study {study}, file {methods}, entry {', '.join(both)}: found a key of {literature}; allowed: each key "
            "in one of the two files, which feed one list of references; remove it from one"
        )
    return subject + tools
