"""Answers of attentive respondents, and the limits that screen them."""

import numpy as np
import pandas as pd

LIMITS = {
    "longstring_share": 0.5,
    "irv_floor": 0.25,
    "mahalanobis_p": 0.001,
    "even_odd_floor": 0.30,
    "synonyms_floor": 0.22,
    "seconds_per_item": 2.0,
    "flags_needed": 2,
    "ceiling_share": 0.5,
    "item_missing": 0.4,
    "caution_flagged": 0.10,
    "stop_flagged": 0.25,
}


def careful(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers of attentive respondents: five constructs of five items each, one common level."""
    rng = np.random.default_rng(seed)
    factors = np.repeat(rng.normal(size=(n, 5)), 5, axis=1)
    scores = 0.4 * rng.normal(size=(n, 1)) + 0.7 * factors + 0.6 * rng.normal(size=(n, 25))
    items = [f"i{number:02d}" for number in range(25)]
    frame = pd.DataFrame(np.digitize(scores, [-1.5, -0.5, 0.5, 1.5]) + 1, columns=items)
    frame.insert(0, "respondent", [f"R{row:04d}" for row in range(n)])
    frame["seconds"] = rng.integers(200, 900, n)
    book = pd.DataFrame(
        {
            "item": items,
            "section": "s",
            "type": "likert",
            "role": "performance",
            "scale": "five",
            "construct": np.repeat([f"c{k}" for k in range(5)], 5),
            "keyed": 1,
            "scale_min": 1,
            "scale_max": 5,
            "na_code": 9,
            "expected": np.nan,
            "label_en": [f"Item {item}" for item in items],
            "label_zh": [f"题{item}" for item in items],
        }
    )
    return frame, book
