"""How a script runs as a job: its log, and how it ends when its input is wrong."""

import gc
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.lib import outputs, running
from scripts.lib.disk import disk_fault, is_of_disk

FAULT = "FAULT "
SWEEP = (200_000, 20, 50)  # a job ends soon: to look for unreachable objects as often as Python does costs 3 %


class InputError(Exception):
    """The user's input is wrong. The message is one line: study, file, row, column, found, allowed, what to do."""


def readable(fault: str) -> str:
    """A fault that fits on a screen: a text of thousands of signs without a blank is cut."""
    return re.sub(r"\S{200,}", lambda found: f"{found[0][:120]}… ({len(found[0])} signs)", fault)


def run(main: Callable[[Any], None], snakemake: Any) -> None:
    """Run ``main(snakemake)`` with everything it says, and how it failed, in the log of its rule.

    An :class:`InputError` ends the job with its one line (the Snakefile prints it last, see ``onerror``), and so does a
    disk that takes nothing, on the screen too, because the log lies on that disk; any other exception is ours, and its
    traceback goes to the log and to the screen.
    """
    log = Path(str(snakemake.log))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        gc.set_threshold(*SWEEP)
        with running.job():
            outputs.forget(log)
            _logged(main, snakemake, log)
            outputs.record(log, snakemake.output)
    except OSError as error:
        if not is_of_disk(error):
            raise
        print(f"{FAULT}{disk_fault(error, str(Path(snakemake.output[0]).parent))}", file=sys.stderr)
        sys.exit(1)


def _logged(main: Callable[[Any], None], snakemake: Any, log: Path) -> None:
    handler = logging.FileHandler(log, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that cannot be written is no fault of its own
    try:
        main(snakemake)
    except InputError as fault:
        logger.error(f"{FAULT}{readable(str(fault))}")
        sys.exit(1)
    except Exception as error:
        if not is_of_disk(error):
            logger.exception("the rule failed; this is a fault of the program, not of the data")
        raise
    finally:
        logger.removeHandler(handler)
        handler.close()
