"""The pinned Chinese face, and files that installed packages carry.

A missing face prints empty boxes in every engine and ends with exit code 0. So the face comes from a package with an
open licence (PyPI ``zhplot``: Noto Sans SC, OFL), never from the machine. Rule files import this module, so it imports
nothing heavy.
"""

from importlib import metadata
from pathlib import Path


def packaged(package: str, path: str) -> Path:
    """A file that an installed package carries; relative to the project where it lies inside it.

    Raises
    ------
    FileNotFoundError
        If the package is not installed, or does not have the file.
    """
    try:
        found = Path(str(metadata.distribution(package).locate_file(path)))
    except metadata.PackageNotFoundError as error:
        raise FileNotFoundError(f"package {package} is not installed; run make") from error
    if not found.is_file():
        raise FileNotFoundError(f"package {package} does not carry {path}; install the version of requirements.lock")
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def chinese_face() -> Path:
    """The font file of the Chinese face."""
    return packaged("zhplot", "zhplot/fonts/NotoSansSC-Regular.ttf")
