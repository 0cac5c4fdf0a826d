"""The abstract in Chinese and in English, from the same values, each number with its way back.

It is written as a chapter is, through the door and the lint, from values and tables that the chapters show too.
"""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run

ABSTRACT = 9  # number of the abstract among the chapters


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, ABSTRACT)


if __name__ == "__main__":
    run(main, snakemake)
