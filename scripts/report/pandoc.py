"""Run the pandoc of the locked environment, and no other that the machine may have.

``pypandoc.get_pandoc_path`` takes the newest pandoc of the machine; a report must not depend on that, so the one that
the package brings is used.
"""

import os
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from scripts.lib.job import InputError

# What our Markdown may not hold: raw HTML, TeX or metadata, which text of a study must never become; and what no page
# of ours is written in, which costs a sixth of the time to look for.
FORBIDDEN = ("raw_html", "raw_tex", "raw_attribute", "latex_macros", "native_divs", "native_spans")
HEADS = ("yaml_metadata_block", "pandoc_title_block", "implicit_header_references")
TABLES = ("grid_tables", "multiline_tables", "simple_tables", "table_attributes")
BLOCKS = ("backtick_code_blocks", "example_lists", "fancy_lists", "fenced_code_blocks", "line_blocks", "task_lists")
WORDS = ("inline_code_attributes", "shortcut_reference_links", "strikeout", "subscript", "superscript")
MARKDOWN = "-".join(["markdown", *FORBIDDEN, *HEADS, *TABLES, *BLOCKS, *WORDS, "markdown_in_html_blocks"])

# Of the time for a report half is clearing away memory: more of it at once, and the old only when it is much.
MEMORY = ("+RTS", "-A16m", "-O200m", "-RTS")


@cache
def program() -> str:
    """Path of pandoc."""
    spec = find_spec("pypandoc")  # found, and not imported
    if spec is None or spec.origin is None:
        raise InputError("pandoc is not in this environment; run make env")
    return str(Path(spec.origin).parent / "files/pandoc")


def pandoc(text: str, *options: str, moment: int = 0) -> str:
    """Convert ``text``; a warning is an error, because it tells of a lost citation or picture.

    ``moment`` is the time (seconds since 1970) that a file says it was made at.

    Raises
    ------
    InputError
        With pandoc's message in one line.
    """
    command = [program(), *MEMORY, "--fail-if-warnings", *options]
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(moment)},
    )
    if done.returncode:
        raise InputError(f"pandoc: {' '.join(done.stderr.split())}")
    return done.stdout
