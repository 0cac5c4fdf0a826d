"""The abstract, the summary and the seven chapters: prose through the door, each number with its way back.

REQUIRED INPUTS: the study's words; of every chapter the template, settings, values, tables and figures that
                 report/chapters/shown.yaml lists
OUTPUTS:         results/<study>/report/: chapter_<n>.md and chapter_<n>.uses.json (what it shows, and from where);
                 chapter_0 is the summary, chapter_9 the abstract
"""


rule write_abstract:
    input:
        **shown("abstract"),
        code=code("chapters/write_abstract.py"),
    output:
        **written(9),
    log:
        "logs/{study}/write_abstract.log",
    params:
        study=settings("abstract"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_abstract.py"


rule write_summary:
    input:
        **shown("summary"),
        code=code("chapters/write_summary.py"),
    output:
        **written(0),
    log:
        "logs/{study}/write_summary.log",
    params:
        study=settings("summary"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_summary.py"


rule write_chapter_1:
    input:
        **shown("chapter_1"),
        code=code("chapters/write_chapter_1.py"),
    output:
        **written(1),
    log:
        "logs/{study}/write_chapter_1.log",
    params:
        study=settings("chapter_1"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_1.py"


rule write_chapter_2:
    input:
        **shown("chapter_2"),
        code=code("chapters/write_chapter_2.py"),
    output:
        **written(2),
    log:
        "logs/{study}/write_chapter_2.log",
    params:
        study=settings("chapter_2"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_2.py"


rule write_chapter_3:
    input:
        **shown("chapter_3"),
        code=code("chapters/write_chapter_3.py"),
    output:
        **written(3),
    log:
        "logs/{study}/write_chapter_3.log",
    params:
        study=settings("chapter_3"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_3.py"


rule write_chapter_4:
    input:
        **shown("chapter_4"),
        code=code("chapters/write_chapter_4.py"),
    output:
        **written(4),
    log:
        "logs/{study}/write_chapter_4.log",
    params:
        study=settings("chapter_4"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_4.py"


rule write_chapter_5:
    input:
        **shown("chapter_5"),
        code=code("chapters/write_chapter_5.py"),
    output:
        **written(5),
    log:
        "logs/{study}/write_chapter_5.log",
    params:
        study=settings("chapter_5"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_5.py"


rule write_chapter_6:
    input:
        **shown("chapter_6"),
        code=code("chapters/write_chapter_6.py"),
    output:
        **written(6),
    log:
        "logs/{study}/write_chapter_6.log",
    params:
        study=settings("chapter_6"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_6.py"


rule write_chapter_7:
    input:
        **shown("chapter_7"),
        code=code("chapters/write_chapter_7.py"),
    output:
        **written(7),
    log:
        "logs/{study}/write_chapter_7.log",
    params:
        study=settings("chapter_7"),
        kinds=data_kinds,
    script:
        "../../scripts/chapters/write_chapter_7.py"
