"""Chapter 3: in which environment and with which business the customers are served, and which problems to test."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 3)


if __name__ == "__main__":
    run(main, snakemake)
