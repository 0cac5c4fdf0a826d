"""Does the gate of the segments work? A simulation, outside `all`: `snakemake validate_gate`.

REQUIRED INPUTS: none; answers with a known truth are drawn from the seed (scripts/segments/truths.py)
OUTPUTS:         results/validation/: gate_<truth>.csv (one row a sample and rule), gate.csv (shares with intervals),
                 figures/gate.svg (and .png) with its rows, figures/validate_gate.json
SIZE:            config.yaml, validation
"""

from scripts.segments.truths import TRUTHS


rule simulate_gate:
    input:
        code=code("segments/simulate_gate.py"),
    output:
        samples="results/validation/gate_{truth}.csv",
    log:
        "logs/validation/simulate_gate_{truth}.log",
    params:
        segments=Segments(a_priori=[]).model_dump(),
        validation=RUN.validation.model_dump(),
        seed=RUN.seed,
    script:
        "../../scripts/segments/simulate_gate.py"


rule validate_gate:
    input:
        samples=expand("results/validation/gate_{truth}.csv", truth=TRUTHS),
        code=code("segments/validate_gate.py"),
    output:
        table="results/validation/gate.csv",
        gate_svg="results/validation/figures/gate.svg",
        gate_png="results/validation/figures/gate.png",
        gate_csv="results/validation/figures/gate.csv",
        values="results/validation/figures/validate_gate.json",
    log:
        "logs/validation/validate_gate.log",
    script:
        "../../scripts/segments/validate_gate.py"
