"""Chapter 1: why the study is made, which three questions it answers and how."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 1)


if __name__ == "__main__":
    run(main, snakemake)
