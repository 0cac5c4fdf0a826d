"""A small catalogue of measures and one of safeguards, as documents to change and as models."""

from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SafeguardsFile


def measure(name, serves, **changes):
    scores = {key: {"score": 3, "reason": "r"} for key in ("cost", "feasibility")}
    return {
        "id": name,
        "name": {"en": name.upper(), "zh": "措施" + name},
        "what": {"en": "w", "zh": "做"},
        "serves": serves,
        "products": ["x"],
        "scores": scores | changes.pop("scores", {}),
        "prerequisites": [],
        "lead": "sales",
        "kpi": {"definition": {"en": "k", "zh": "指标"}, "unit": "%", "direction": "up"},
        "horizon": "short",
        "length_quarters": 1,
    } | changes


def strategy_document():
    criteria = [
        ("effect", "max", "computed"),
        ("cost", "min", "scores.cost"),
        ("feasibility", "max", "scores.feasibility"),
    ]
    pairs = [("effect", "cost", 3), ("effect", "feasibility", "2"), ("cost", "feasibility", "1/2")]
    label = {"en": "l", "zh": "名"}
    return {
        "strategy": {
            "id": "s",
            "version": "1",
            "status": "illustrative",
            "departments": [{"id": "sales", "label": label}, {"id": "it", "label": label}],
            "families": [
                {
                    "id": "f1",
                    "aspect": "s0",
                    "name": label,
                    "measures": [
                        measure("m1", {"a0": 9}),
                        measure("m2", {"a1": 9, "a0": 3}, scores={"cost": {"score": 1, "reason": "r"}}),
                    ],
                },
                {
                    "id": "f2",
                    "aspects": ["s0", "s1"],
                    "name": label,
                    "measures": [
                        measure("m3", {"a2": 9}, prerequisites=["m1", "g1"], length_quarters=2),
                        measure("m4", {"a2": 1, "a0": 1}),
                    ],
                },
            ],
        },
        "rating": {
            "status": "illustrative",
            "criteria": [{"id": c, "name": label, "direction": d, "source": s, "scale": label} for c, d, s in criteria],
            "ahp": {
                "scale": "Saaty",
                "raters": [
                    {
                        "id": "r1",
                        "name": label,
                        "pairs": [dict(zip("ab", p[:2], strict=True)) | {"value": p[2]} for p in pairs],
                    }
                ],
            },
        },
    }


def safeguards_document():
    label = {"en": "l", "zh": "名"}
    kpi = {"definition": label, "unit": "%", "direction": "up"}
    guard = {"group": "g", "name": label, "text": label, "kpi": kpi, "length_quarters": 2}
    raci = {"responsible": "sales", "accountable": "it", "consulted": ["sales"], "informed": []}
    risk = {"statement": label, "reason": "r"}
    return {
        "safeguards": {
            "id": "i",
            "version": "1",
            "status": "illustrative",
            "plan": {"quarters": 8},
            "groups": [{"id": "g", "label": label}],
            "measures": [
                guard | {"id": "g1", "secures": ["m1"], "raci": raci, "start_quarter": 1, "mitigates": ["k1"]},
                guard | {"id": "g2", "secures": ["*"], "raci": raci, "start_quarter": 2, "mitigates": ["k1"]},
            ],
            "risks": [
                risk | {"id": "k1", "likelihood": 3, "impact": 4},
                risk | {"id": "k2", "likelihood": 2, "impact": 5},
            ],
        }
    }


def strategy(document=None):
    return StrategyFile.model_validate(document or strategy_document())


def guards(document=None):
    return SafeguardsFile.model_validate(document or safeguards_document())
