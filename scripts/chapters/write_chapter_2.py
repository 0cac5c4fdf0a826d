"""Chapter 2: which terms and theories the study rests on, and where the literature leaves a gap."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 2)


if __name__ == "__main__":
    run(main, snakemake)
