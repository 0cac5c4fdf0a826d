"""Chapter 6: what must be in place for the measures, what can go wrong, and how it is seen that they work."""

from typing import Any

from scripts.chapters.write import write_chapter
from scripts.lib.job import run


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write_chapter(snakemake, 6)


if __name__ == "__main__":
    run(main, snakemake)
