"""Write the pack of a study: one zip with everything that a reviewer may have, and how to check each part of it.

Files lie in it under the same paths as in the project, below one folder named after the study. ``SHA256SUMS`` covers
every file of the pack but itself. Order, dates and permissions are fixed, so that one build gives one zip. What stays
at home is decided by :mod:`scripts.pack.sharing` and told in the README, file by file with the reason.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, StrictUndefined

from scripts.audit.lineage import logical
from scripts.lib.job import run
from scripts.pack.sharing import CONFIDENTIAL

DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows
READ_BY_ALL = 0o100644 << 16
UNIX = 3


def readme(template: str, **told: Any) -> str:
    """The README of a pack; an unknown name in the template is an error."""
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(template).render(**told)


def checksums(members: Mapping[str, bytes]) -> bytes:
    """Lines of ``sha256sum -c`` for the members of a pack."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(members.items())).encode()


def write_zip(path: str, folder: str, members: Mapping[str, bytes]) -> None:
    """Write members below one folder: sorted, with one date and one permission."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(members.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", DAY)
            entry.external_attr, entry.create_system, entry.compress_type = READ_BY_ALL, UNIX, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def stays(withheld: Mapping[str, str], graph: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Confidential results, and every other file that stays with its reason, by their names in the record."""
    results = {path for rule in graph["rules"].values() for path in rule["output"]}
    made = sorted(path for path, reason in withheld.items() if reason == CONFIDENTIAL and path in results)
    rest = {logical(path, graph): reason for path, reason in withheld.items() if path not in results}
    return made, dict(sorted(rest.items()))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, params, study = snakemake.input, snakemake.params, snakemake.wildcards.study
    names = sorted({str(path) for path in [*given.files, given.study]})
    members = {name: Path(name).read_bytes() for name in names}
    rows, rest = stays(params.withheld, params.graph)
    told = {"study": study, "title": params.title, "seed": params.seed, "rows": rows, "rest": rest}
    told["formats"] = [
        PurePosixPath(name).name for name in names if PurePosixPath(name).match(f"results/{study}/report/report.*")
    ]
    members["README.md"] = readme(Path(given.template).read_text(encoding="utf-8"), **told).encode()
    members["SHA256SUMS"] = checksums(members)
    write_zip(str(snakemake.output.pack), study, members)


if __name__ == "__main__":
    run(main, snakemake)
