"""The workflow's behaviour on the minimal study: what is built, what runs again, and how faults are told."""

import shutil

import pytest
import yaml

pytestmark = pytest.mark.xdist_group("workflow")

STUDY = "config/studies/minimal.yaml"
RAW = "data/raw/minimal"
REPORT_RULES = {"assemble_report", "resolve_report", "render_html", "render_pdf", "render_docx", "write_guide"}
REPORT_RULES |= {"write_crate", "record_provenance", "all"}


def said(run) -> str:
    return run.stdout + run.stderr


def test_a_dry_run_plans_every_chapter_by_its_own_rule(fresh):
    planned = fresh.planned()
    assert {f"write_chapter_{number}" for number in range(1, 8)} <= set(planned)
    assert not fresh.path("results").exists()


def test_a_full_run_leaves_reports_chapters_and_provenance(built):
    folder = built.path("results/minimal")
    for name in ["report/report.html", "report/report.pdf", "report/report.docx", "audit/provenance.json"]:
        assert (folder / name).stat().st_size > 1000, name
    assert len(list((folder / "report").glob("chapter_[1-7].md"))) == 7


def test_every_rule_leaves_a_log(built):
    logs = {path.stem for path in built.path("logs/minimal").glob("*.log")}
    assert {"ingest_responses", "cluster_customers", "write_chapter_4", "record_provenance"} <= logs


def test_a_second_run_has_nothing_to_do(built):
    assert "Nothing to be done" in said(built.snakemake())
    assert "Everything is up to date." in built.make().stdout


def test_make_shows_progress_and_the_paths_of_the_reports(project):
    shutil.rmtree(project.path("results/minimal/report"))
    run = project.make()
    assert run.returncode == 0, said(run)
    assert "minimal            write chapter 4" in run.stdout
    assert "results/minimal/report/report.pdf" in run.stdout
    assert "results/minimal/report/report.docx" in run.stdout


def test_a_touch_runs_nothing_again(project):
    for name in ["scripts/needs/classify_kano.py", f"{RAW}/responses.csv", "report/chapters/en/2_theory.md.j2"]:
        project.path(name).touch()
    assert project.planned() == {}


def test_a_changed_setting_runs_only_what_depends_on_it(project):
    project.replace(STUDY, "needs:", "needs:\n  undecided: 0.66")
    planned = set(project.planned())
    assert "map_importance_performance" in planned
    assert planned.isdisjoint({"ingest_responses", "cluster_customers", "test_homogeneity", "ingest_literature"})


def test_a_reordered_study_runs_nothing_again(project):
    study = yaml.safe_load(project.path(STUDY).read_text(encoding="utf-8"))
    turned = yaml.safe_dump(dict(reversed(study.items())), allow_unicode=True, sort_keys=False)
    project.path(STUDY).write_text(turned, encoding="utf-8")
    assert project.planned() == {}


def test_a_changed_method_runs_again_what_it_made(project):
    name = "scripts/needs/classify_kano.py"
    project.path(name).write_text(project.path(name).read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    planned = set(project.planned())
    assert {"classify_kano", "write_chapter_4"} <= planned
    assert planned.isdisjoint({"map_importance_performance", "cluster_customers", "ingest_responses"})


def test_a_changed_module_runs_again_every_rule_that_imports_it(project):
    name = "scripts/lib/missing.py"
    project.path(name).write_text(project.path(name).read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    planned = set(project.planned())
    assert {"screen_responses", "build_features", "assess_scales"} <= planned
    assert "ingest_literature" not in planned


def test_a_changed_template_runs_again_its_chapter_alone(project):
    name = "report/chapters/en/2_theory.md.j2"
    project.path(name).write_text(
        project.path(name).read_text(encoding="utf-8") + "\nA closing word.\n", encoding="utf-8"
    )
    planned = set(project.planned())
    assert "write_chapter_2" in planned
    assert planned <= {"write_chapter_2"} | REPORT_RULES


def test_a_changed_lock_runs_everything_again(project):
    everything = set(project.path("results").parent.joinpath("logs/minimal").glob("*.log"))
    lock = project.path("requirements.lock")
    lock.write_text(lock.read_text(encoding="utf-8") + "# upgraded\n", encoding="utf-8")
    assert len(set(project.planned()) - {"all"}) == len(everything)


def test_one_study_leaves_the_other_alone(project):
    shutil.copytree(project.path(RAW), project.path("data/raw/second"))
    study = project.path(STUDY).read_text(encoding="utf-8").replace("data: minimal", "data: second")
    project.path("config/studies/second.yaml").write_text(study, encoding="utf-8")
    project.path("config/config.yaml").write_text(yaml.safe_dump({"studies": ["minimal", "second"], "seed": 7}))
    before = project.results()
    assert project.snakemake("results/second/survey/missing.csv").returncode == 0
    after = project.results()
    assert {name: after[name] for name in before} == before
    assert all(count == 1 for rule, count in project.planned().items() if rule != "all")


def break_missing_file(project):
    project.path(f"{RAW}/coding.csv").unlink()
    return "study minimal, file coding.csv: found no such file"


def break_unknown_key(project):
    project.replace(STUDY, "min_cell:", "min_cel:")
    return "study minimal, file config/studies/minimal.yaml, min_cel: found an unknown key"


def break_answer_code(project):
    project.replace(f"{RAW}/responses.csv", "非常重要", "特别重要")
    project.declare()
    return "found '特别重要'; allowed: "


def break_encoding(project):
    path = project.path(f"{RAW}/responses.csv")
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    project.declare()
    return "study minimal, file responses.csv, not UTF-8 text"


def break_undeclared_change(project):
    project.replace(f"{RAW}/responses.csv", "非常重要", "重要")
    return "run: make sources DATA=minimal"


def break_words(project):
    project.replace(f"{RAW}/words.yaml", "  customers:", "  costumers:")
    project.declare()
    return "words.yaml, words.costumers: found an unknown key"


def break_record(project):
    project.replace(f"{RAW}/literature.bib", "title =", "tittle =")
    project.declare()
    return "field title: found nothing; allowed: the title of the work; add it"


def break_secret(project):
    project.replace(f"{RAW}/customers.csv", "SB03", "91620100MA72XXXX0X")
    project.declare()
    return "column sub_branch: found what looks like a credit code, an identity or an account number (not repeated here)"


def break_weights(project):
    project.replace(f"{RAW}/factors.yaml", "weight: 0.4, rating", "weight: 0.5, rating")
    project.declare()
    return "entry efe, rater r1: found weights that sum to 1.1; allowed: 1; correct the weights"


def break_study_name(project):
    project.path("config/config.yaml").write_text(yaml.safe_dump({"studies": ["minmal"], "seed": 7}))
    return "study minmal: found no config/studies/minmal.yaml; allowed: minimal"


def break_strength_of_an_unknown_attribute(project):
    project.replace(f"{RAW}/strategy.yaml", "serves: {prod_tailor: 9,", "serves: {prod_taylor: 9,")
    project.declare()
    return "strategy.yaml, measure prod_solution, serves: found prod_taylor; allowed: prod_tailor, "


def break_strength(project):
    project.replace(f"{RAW}/strategy.yaml", "serves: {prod_tailor: 9,", "serves: {prod_tailor: 5,")
    project.declare()
    return "measures.prod_solution.serves.prod_tailor: found 5; allowed: Input should be 0, 1, 3 or 9; correct it"


def break_circle(project):
    project.replace(f"{RAW}/strategy.yaml", "prerequisites: []", "prerequisites: [rel_acquire]")
    project.declare()
    return "found the circle prod_solution -> rel_acquire -> prod_solution; allowed: no circle"


def break_horizon(project):
    project.replace(f"{RAW}/strategy.yaml", "prerequisites: []", "prerequisites: [plat_direct_link]")
    project.declare()
    return "measure prod_solution, horizon: found short, but its prerequisite plat_direct_link has horizon medium; allowed"


def break_judgement(project):
    pair = "          - {a: need_effect, b: cost, value: 3}\n"
    project.replace(f"{RAW}/strategy.yaml", pair, f"{pair}          - {{a: cost, b: need_effect, value: 3}}\n")
    project.declare()
    return "rater r1, pair cost - need_effect: found 3, which is not reciprocal to 3 the other way; allowed: 0.3333"


def break_safeguard(project):
    project.replace(f"{RAW}/safeguards.yaml", "secures: [ops_approval, ", "secures: [ops_aproval, ")
    project.declare()
    return "safeguards.yaml, safeguard safe_gate_credit, secures: found ops_aproval; allowed: prod_solution, "


BREAKS = [
    break_missing_file,
    break_unknown_key,
    break_answer_code,
    break_encoding,
    break_undeclared_change,
    break_words,
    break_record,
    break_secret,
    break_weights,
    break_study_name,
    break_strength_of_an_unknown_attribute,
    break_strength,
    break_circle,
    break_horizon,
    break_judgement,
    break_safeguard,
]


@pytest.mark.parametrize("way", ["make", "snakemake"])
@pytest.mark.parametrize("broken", BREAKS, ids=lambda function: function.__name__)
def test_a_fault_is_told_in_one_line_and_nothing_built_is_lost(project, broken, way):
    before = project.results()
    line = broken(project)
    run = getattr(project, way)()
    assert run.returncode != 0
    assert line in said(run)
    assert "Traceback" not in said(run)
    assert project.results() == before


def test_all_faults_of_all_studies_are_told_at_once(project):
    shutil.copytree(project.path(RAW), project.path("data/raw/second"))
    study = project.path(STUDY).read_text(encoding="utf-8").replace("data: minimal", "data: second")
    project.path("config/studies/second.yaml").write_text(study.replace("seed:", "sed:"), encoding="utf-8")
    project.path("config/config.yaml").write_text(yaml.safe_dump({"studies": ["minimal", "second"], "seed": 7}))
    project.path("data/raw/second/topics.yaml").unlink()
    project.path(f"{RAW}/coding.csv").unlink()
    faults = said(project.snakemake()).strip().splitlines()
    assert any(fault.startswith("study minimal, file coding.csv") for fault in faults)
    assert any(fault.startswith("study second, file topics.yaml") for fault in faults)


def test_a_fault_that_a_job_finds_is_told_last_and_the_rest_is_kept(project):
    project.replace(f"{RAW}/topics.yaml", "en: \"Key account manage", "en: \"\\U0001f9ff Key account manage")
    project.declare()
    run = project.snakemake()
    assert run.returncode != 0
    assert "What has to be put right:" in said(run)
    assert "no face has" in said(run).split("What has to be put right:")[1]
    assert project.path("results/minimal/report/report.html").exists()


def test_lint_finds_nothing_but_environments(built):
    run = built.snakemake("--lint")
    findings = [line for line in said(run).splitlines() if line.strip().startswith("* ")]
    assert [line for line in findings if "Specify a conda environment or container" not in line] == []
