"""The customers: who is on the list, what they are worth and could be worth.

REQUIRED INPUTS: none; a study may have a customer list. The questionnaire's tables name products and categories
OUTPUTS:         results/<study>/confidential/: customers.csv, customer_groups.csv, retain.csv, develop.csv (rows of
                 customers and groups: never in a report)
                 results/<study>/customers/: portfolio.csv, tasks.csv (whom to retain and to develop, counted),
                 signs.csv (of leaving), structure.csv, concentration_curve.csv, depth.csv, holdings.csv (aggregates,
                 small cells suppressed)
STEPS:           ingest -> value
"""


rule ingest_customers:
    input:
        customers=raw("customers"),
        products="results/{study}/survey/products.csv",
        code=code("customers/ingest_customers.py"),
    output:
        customers="results/{study}/confidential/customers.csv",
        values="results/{study}/customers/ingest_customers.json",
    log:
        "logs/{study}/ingest_customers.log",
    params:
        study="{study}",
        kind=kind_of_list,
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/customers/ingest_customers.py"


rule value_customers:
    input:
        customers="results/{study}/confidential/customers.csv",
        listed="results/{study}/customers/ingest_customers.json",
        codebook="results/{study}/survey/codebook.csv",
        options="results/{study}/survey/options.csv",
        products="results/{study}/survey/products.csv",
        code=code("customers/value_customers.py"),
    output:
        customer_groups="results/{study}/confidential/customer_groups.csv",
        retain="results/{study}/confidential/retain.csv",
        develop="results/{study}/confidential/develop.csv",
        portfolio=told_table("customers/portfolio"),
        tasks="results/{study}/customers/tasks.csv",
        signs="results/{study}/customers/signs.csv",
        structure=told_table("customers/structure"),
        concentration_curve="results/{study}/customers/concentration_curve.csv",
        depth="results/{study}/customers/depth.csv",
        holdings="results/{study}/customers/holdings.csv",
        values="results/{study}/customers/value_customers.json",
    log:
        "logs/{study}/value_customers.log",
    params:
        customers=lookup(dpath="{study}/customers", within=STUDIES),
        reference_date=lookup(dpath="{study}/reference_date", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/customers/value_customers.py"
