"""The figures of what the survey says, each drawn from tables only, never from confidential/; one rule a stage.

REQUIRED INPUTS: the tables and values of the stages survey, validity, segments and needs
OUTPUTS:         results/<study>/figures/: <name>.svg, .png and .csv, draw_<stage>.json, as in figures.smk
"""


rule draw_survey:
    input:
        flow="results/{study}/survey/flow.csv",
        missing="results/{study}/survey/missing.csv",
        attributes="results/{study}/survey/attributes.csv",
        scales="results/{study}/survey/scales.csv",
        assessed="results/{study}/survey/assess_scales.json",
        code=code("figures/draw_survey.py"),
    output:
        **drawn("survey", "sample_flow", "missing", "scales"),
    log:
        "logs/{study}/draw_survey.log",
    params:
        item_missing=lookup(dpath="{study}/survey/item_missing", within=STUDIES),
        scales=lookup(dpath="{study}/scales", within=STUDIES),
    script:
        "../../scripts/figures/draw_survey.py"


rule draw_segments:
    input:
        homogeneity="results/{study}/segments/homogeneity.csv",
        null_draws="results/{study}/segments/null_draws.csv",
        indices="results/{study}/segments/indices.csv",
        jaccard="results/{study}/segments/jaccard.csv",
        profile="results/{study}/segments/profile.csv",
        firmographics="results/{study}/segments/firmographics.csv",
        groups="results/{study}/segments/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        gate="results/{study}/segments/test_homogeneity.json",
        clustered="results/{study}/segments/cluster_customers.json",
        profiled="results/{study}/segments/profile_segments.json",
        code=code("figures/draw_segments.py"),
    output:
        **drawn("segments", "homogeneity", "segment_numbers", "segment_profile", "segment_mosaic"),
    log:
        "logs/{study}/draw_segments.log",
    script:
        "../../scripts/figures/draw_segments.py"


rule draw_needs:
    input:
        ipa="results/{study}/needs/ipa.csv",
        cuts="results/{study}/needs/ipa_grid.csv",
        kano="results/{study}/needs/kano.csv",
        white_space="results/{study}/needs/white_space.csv",
        needs="results/{study}/needs/needs.csv",
        groups="results/{study}/segments/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        mapped="results/{study}/needs/map_importance_performance.json",
        classified="results/{study}/needs/classify_kano.json",
        found="results/{study}/needs/find_white_space.json",
        ranked="results/{study}/needs/rank_needs.json",
        code=code("figures/draw_needs.py"),
    output:
        **drawn("needs", "ipa", "kano", "white_space", "needs"),
    log:
        "logs/{study}/draw_needs.log",
    script:
        "../../scripts/figures/draw_needs.py"
