"""Chapter 4: what was asked, who answered, how far the answers carry, and which needs come first."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 4)


if __name__ == "__main__":
    run(main, snakemake)
