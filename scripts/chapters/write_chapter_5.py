"""Chapter 5: which measures answer the needs, for whom, and which of them come first."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 5)


if __name__ == "__main__":
    run(main, snakemake)
