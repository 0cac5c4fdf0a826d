"""Make the synthetic files of a study: ``python -m scripts.synthetic <study>``.

Reads simulation.yaml, customers_schema.yaml and the instrument in the study's raw folder, and writes its customers.csv
and responses.csv there, byte for byte the same each time. Run ``python -m scripts.lib.sources`` on the folder after a
change of the assumptions that was meant.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scripts.lib.instrument import Instrument, load_instrument
from scripts.lib.study import Study, load_study, read_yaml
from scripts.synthetic.answers import make_answers
from scripts.synthetic.blemishes import blemish
from scripts.synthetic.export import customers_csv, responses_csv
from scripts.synthetic.frame import make_frame


class Synthetic(NamedTuple):
    """What was made: the two files as text, and the truth that no file holds."""

    customers: str
    responses: str
    truth: pd.DataFrame


def generate(
    simulation: dict[str, Any], schema: dict[str, Any], instrument: Instrument, bank: str, reference: date
) -> Synthetic:
    """Make customers and answers.

    Parameters
    ----------
    simulation, schema
        The documents simulation.yaml and customers_schema.yaml.
    instrument
        The questionnaire.
    bank
        What fills ``{bank}`` in the Chinese texts.
    reference
        Reference date of the study.

    Returns
    -------
    Synthetic
        The texts of customers.csv and responses.csv, and the truth: ``customer_id``, planted ``segment``, ``careless``
        (kind of carelessness, empty if careful), one row a respondent in the order of the customer list.
    """
    frame = make_frame(simulation, reference)
    respondents = frame.loc[frame["responded"]]
    answers = make_answers(respondents, simulation, instrument, reference)
    answers, careless, seconds = blemish(answers, respondents, simulation, instrument)
    truth = respondents[["customer_id", "segment"]].assign(careless=careless).reset_index(drop=True)
    return Synthetic(
        customers_csv(frame, schema, instrument),
        responses_csv(answers, respondents, seconds, simulation, instrument, bank),
        truth,
    )


def write(study: Study, folder: Path) -> None:
    """Write the two files of a study into a folder; the answers with a byte order mark, as a download has it."""
    raw = Path("data/raw") / study.data
    simulation, schema = read_yaml(raw / "simulation.yaml"), read_yaml(raw / "customers_schema.yaml")
    if not isinstance(simulation, dict) or not isinstance(schema, dict):
        raise TypeError(f"{raw}: simulation.yaml and customers_schema.yaml must be mappings")
    instrument = load_instrument(raw / study.files.instrument)
    made = generate(simulation, schema, instrument, study.bank.zh, date.fromisoformat(study.reference_date))
    (folder / "customers.csv").write_text(made.customers, encoding="utf-8", newline="")
    (folder / "responses.csv").write_text(made.responses, encoding="utf-8-sig", newline="")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.synthetic <study>")
    chosen = load_study(sys.argv[1])
    write(chosen, Path("data/raw") / chosen.data)
