"""The workflow graph: layers, lanes and lines of the rules, from what each reads."""

from scripts.audit.lineage import readers
from scripts.figures.draw_workflow import draw_workflow, layers, reduced, workflow

READS = {"ingest": [], "clean": ["ingest"], "rank": ["clean", "ingest"], "plan": ["rank"]}
STEPS = {
    rule: {"stage": "survey" if rule in ("ingest", "clean") else "needs", "reads": reads}
    for rule, reads in READS.items()
}


def test_a_rule_stands_below_every_rule_that_it_reads() -> None:
    assert layers(READS) == {"ingest": 0, "clean": 1, "rank": 2, "plan": 3}


def test_a_line_that_follows_from_others_is_left_out() -> None:
    assert reduced(READS) == [("ingest", "clean"), ("clean", "rank"), ("rank", "plan")]


def test_rules_of_one_stage_and_layer_stand_below_each_other() -> None:
    data = workflow(STEPS | {"sort": {"stage": "survey", "reads": ["ingest"]}})
    place = data.set_index("rule")
    assert place.loc["clean", "lane"] == place.loc["sort", "lane"] == 0
    assert sorted(place.loc[["clean", "sort"], "row"]) == [1, 2]
    assert place.loc["rank", "row"] == 3
    assert place.loc["rank", "reads"] == "clean;ingest"


def test_the_drawing_says_how_many_rules_there_are() -> None:
    drawing = draw_workflow(STEPS)
    assert drawing.alt is not None
    assert drawing.alt["en"].startswith("4 rules in 2 stages")
    assert draw_workflow({}).figure is None


def test_readers_are_rules_of_the_named_stages_alone() -> None:
    graph = {
        "rules": {
            "ingest": {"input": ["raw.csv"], "output": ["a.csv"]},
            "rank": {"input": ["a.csv", "drawn.svg"], "output": ["b.csv"]},
            "draw": {"input": ["a.csv"], "output": ["drawn.svg"]},
        },
        "raw": {},
    }
    found = readers(graph, {"ingest": "survey", "rank": "needs"})
    assert found == {"ingest": {"stage": "survey", "reads": []}, "rank": {"stage": "needs", "reads": ["ingest"]}}
