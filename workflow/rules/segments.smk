"""Segments of customers with different needs, or the groups that take their place.

REQUIRED INPUTS: results/<study>/confidential/: responses.csv, complete.csv
                 results/<study>/survey/: codebook, attributes, options, missing
OUTPUTS:         results/<study>/segments/: features_used, homogeneity, null_draws, indices, jaccard, groups, profile,
                 external, firmographics
                 results/<study>/confidential/: importance.csv, features.csv, groups.csv (one row a respondent)
STEPS:           row-centred importance -> gate A (more grouped than answers without segments?) -> partitions, gates B
                 and C, choice of k, or the groups fixed beforehand -> profiles
"""


rule build_features:
    input:
        responses="results/{study}/confidential/responses.csv",
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        missing="results/{study}/survey/missing.csv",
        code=code("segments/build_features.py"),
    output:
        features="results/{study}/confidential/features.csv",
        answers="results/{study}/confidential/importance.csv",
        used="results/{study}/segments/features_used.csv",
        values="results/{study}/segments/build_features.json",
    log:
        "logs/{study}/build_features.log",
    params:
        segments=lookup(dpath="{study}/segments", within=STUDIES),
    script:
        "../../scripts/segments/build_features.py"


rule test_homogeneity:
    input:
        features="results/{study}/confidential/features.csv",
        answers="results/{study}/confidential/importance.csv",
        built="results/{study}/segments/build_features.json",
        code=code("segments/test_homogeneity.py"),
    output:
        table="results/{study}/segments/homogeneity.csv",
        draws="results/{study}/segments/null_draws.csv",
        values="results/{study}/segments/test_homogeneity.json",
    log:
        "logs/{study}/test_homogeneity.log",
    params:
        segments=lookup(dpath="{study}/segments", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/segments/test_homogeneity.py"


rule cluster_customers:
    input:
        features="results/{study}/confidential/features.csv",
        complete="results/{study}/confidential/complete.csv",
        units="results/{study}/confidential/units.csv",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        options="results/{study}/survey/options.csv",
        homogeneity="results/{study}/segments/homogeneity.csv",
        tested="results/{study}/segments/test_homogeneity.json",
        code=code("segments/cluster_customers.py"),
    output:
        members="results/{study}/confidential/groups.csv",
        groups="results/{study}/segments/groups.csv",
        indices=told_table("segments/indices"),
        jaccard="results/{study}/segments/jaccard.csv",
        stability="results/{study}/segments/stability.csv",
        values="results/{study}/segments/cluster_customers.json",
    log:
        "logs/{study}/cluster_customers.log",
    params:
        study="{study}",
        segments=lookup(dpath="{study}/segments", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/segments/cluster_customers.py"


rule compare_partitions:
    input:
        answers="results/{study}/confidential/importance.csv",
        features="results/{study}/confidential/features.csv",
        complete="results/{study}/confidential/complete.csv",
        units="results/{study}/confidential/units.csv",
        members="results/{study}/confidential/groups.csv",
        clustered="results/{study}/segments/cluster_customers.json",
        codebook="results/{study}/survey/codebook.csv",
        options="results/{study}/survey/options.csv",
        code=code("segments/compare_partitions.py"),
    output:
        table="results/{study}/segments/sensitivities.csv",
        classes="results/{study}/segments/latent_classes.csv",
        values="results/{study}/segments/compare_partitions.json",
    log:
        "logs/{study}/compare_partitions.log",
    params:
        segments=lookup(dpath="{study}/segments", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/segments/compare_partitions.py"


rule profile_segments:
    input:
        features="results/{study}/confidential/features.csv",
        complete="results/{study}/confidential/complete.csv",
        units="results/{study}/confidential/units.csv",
        members="results/{study}/confidential/groups.csv",
        groups="results/{study}/segments/groups.csv",
        clustered="results/{study}/segments/cluster_customers.json",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        options="results/{study}/survey/options.csv",
        code=code("segments/profile_segments.py"),
    output:
        profile=told_table("segments/profile"),
        external="results/{study}/segments/external.csv",
        firmographics="results/{study}/segments/firmographics.csv",
        values="results/{study}/segments/profile_segments.json",
    log:
        "logs/{study}/profile_segments.log",
    params:
        segments=lookup(dpath="{study}/segments", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/segments/profile_segments.py"
