"""The summary and the seven chapters: prose through the door, each number with its way back.

REQUIRED INPUTS: the study's words; of every chapter the values, tables and figures that are listed below
OUTPUTS:         results/<study>/report/: chapter_<n>.md and chapter_<n>.uses.json (what it shows, and from where);
                 chapter_0 is the summary
STEPS:           one rule a chapter: write_summary, write_chapter_1 .. write_chapter_7
"""

# What each chapter may show: its template, values and tables as <stage>/<name>, figures by name.
CHAPTERS = {
    "summary": {
        "template": "0_summary",
        "values": (
            "survey/describe_sample survey/screen_responses customers/value_customers "
            "segments/cluster_customers needs/map_importance_performance needs/rank_needs "
            "needs/settle_problems strategy/rank_strategies"
        ),
        "tables": "needs/management_focus strategy/measures strategy/ranking",
        "figures": "",
    },
    "chapter_1": {
        "template": "1_introduction",
        "values": (
            "literature/map_literature literature/screen_literature survey/describe_sample "
            "customers/value_customers environment/compare_regions figures/draw_route"
        ),
        "tables": "environment/regions",
        "figures": "technical_route",
    },
    "chapter_2": {
        "template": "2_theory",
        "values": (
            "literature/ingest_literature literature/map_literature literature/screen_literature "
            "survey/describe_sample figures/draw_literature"
        ),
        "tables": "literature/flow literature/key_works literature/region_works literature/topics",
        "figures": "literature_map literature_trend",
    },
    "chapter_3": {
        "template": "3_environment",
        "values": (
            "survey/describe_sample customers/ingest_customers customers/value_customers "
            "environment/compare_regions environment/ingest_environment environment/measure_concentration "
            "environment/weigh_factors needs/settle_problems figures/draw_customers figures/draw_environment"
        ),
        "tables": (
            "customers/depth customers/portfolio customers/structure environment/concentration "
            "environment/factors environment/indicators environment/matrices environment/regions "
            "environment/shares environment/swot environment/tows needs/problems"
        ),
        "figures": "concentration factors portfolio regions value_curve",
    },
    "chapter_4": {
        "template": "4_needs",
        "values": (
            "survey/assess_scales survey/complete_responses survey/describe_sample survey/ingest_responses "
            "survey/screen_responses segments/cluster_customers segments/test_homogeneity needs/classify_kano "
            "needs/derive_importance needs/find_white_space needs/map_importance_performance "
            "needs/measure_loyalty needs/rank_needs needs/settle_problems figures/draw_needs "
            "figures/draw_segments figures/draw_survey"
        ),
        "tables": (
            "survey/careless_flags survey/respondents survey/sample survey/scales survey/sections "
            "segments/external segments/groups segments/homogeneity segments/indices needs/derived_importance "
            "needs/drivers needs/ipa needs/kano needs/management_focus needs/needs needs/problems "
            "needs/service_content needs/service_strategy needs/white_space"
        ),
        "figures": "homogeneity ipa kano missing needs sample_flow scales segment_profile white_space",
    },
    "chapter_5": {
        "template": "5_strategy",
        "values": (
            "survey/describe_sample survey/screen_responses customers/value_customers "
            "segments/cluster_customers needs/measure_loyalty strategy/plan_safeguards "
            "strategy/rank_strategies strategy/weigh_criteria figures/draw_strategy"
        ),
        "tables": (
            "survey/products segments/groups needs/needs strategy/bundles strategy/coverage strategy/criteria "
            "strategy/measures strategy/qfd strategy/ranking strategy/raters strategy/roadmap"
        ),
        "figures": "qfd ranking roadmap",
    },
    "chapter_6": {
        "template": "6_safeguards",
        "values": "survey/describe_sample strategy/plan_safeguards figures/draw_strategy",
        "tables": "strategy/anchors strategy/kpis strategy/raci strategy/risks strategy/roadmap strategy/safeguards",
        "figures": "risks",
    },
    "chapter_7": {
        "template": "7_conclusion",
        "values": (
            "survey/describe_sample survey/ingest_responses survey/screen_responses customers/value_customers "
            "environment/ingest_environment environment/measure_concentration segments/cluster_customers "
            "needs/rank_needs needs/settle_problems strategy/plan_safeguards strategy/rank_strategies"
        ),
        "tables": (
            "needs/management_focus needs/problems needs/service_content needs/service_strategy strategy/ranking"
        ),
        "figures": "",
    },
}


for number, (name, shown) in enumerate(CHAPTERS.items()):

    rule:
        name:
            f"write_{name}"
        input:
            template=expand("report/chapters/en/{t}.md.j2", t=[shown["template"], "_phrases"]),
            words=raw("words"),
            values=expand("results/{{study}}/{v}.json", v=shown["values"].split()),
            tables=expand("results/{{study}}/{t}.csv", t=shown["tables"].split()),
            figures=expand("results/{{study}}/figures/{f}.{kind}", f=shown["figures"].split(), kind=["svg", "csv"]),
            code=code(f"chapters/write_{name}.py"),
        output:
            markdown=f"results/{{study}}/report/chapter_{number}.md",
            uses=f"results/{{study}}/report/chapter_{number}.uses.json",
        log:
            f"logs/{{study}}/write_{name}.log",
        params:
            study=lookup(dpath="{study}", within=STUDIES),
            kinds=data_kinds,
            chapter=name,
        script:
            "../../scripts/chapters/write_{params.chapter}.py"
