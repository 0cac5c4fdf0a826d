"""The executive summary: what the study found, on a page, each number with its way back.

It is written as a chapter is, through the door and the lint, from values and tables that the chapters show too.
"""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 0)


if __name__ == "__main__":
    run(main, snakemake)
