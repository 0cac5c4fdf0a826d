"""Chapter 7: what the answers to the three questions are, how sure they are, and what is left open."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 7)


if __name__ == "__main__":
    run(main, snakemake)
