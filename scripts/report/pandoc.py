"""Run the pandoc of the locked environment, and no other that the machine may have.

``pypandoc.get_pandoc_path`` takes the newest pandoc of the machine; a report must not depend on that, so the one that
the package brings is used.
"""

import os
import subprocess
from functools import cache
from importlib import metadata

from scripts.lib.job import InputError

# What our Markdown may hold. No raw HTML, TeX or metadata: text of a study must never become one of these.
FORBIDDEN = ("raw_html", "raw_tex", "raw_attribute", "latex_macros", "native_divs", "native_spans")
MARKDOWN = "-".join(["markdown", *FORBIDDEN, "yaml_metadata_block", "pandoc_title_block"])


@cache
def program() -> str:
    """Path of pandoc."""
    return str(metadata.distribution("pypandoc_binary").locate_file("pypandoc/files/pandoc"))


def pandoc(text: str, *options: str, moment: int = 0) -> str:
    """Convert ``text``; a warning is an error, because it tells of a lost citation or picture.

    ``moment`` is the time (seconds since 1970) that a file says it was made at.

    Raises
    ------
    InputError
        With pandoc's message in one line.
    """
    command = [program(), "--fail-if-warnings", *options]
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
