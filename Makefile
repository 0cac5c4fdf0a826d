# make         environment, then the reports of every study in config/config.yaml
# make test    environment, then all tests
# make verify  re-hash every file and re-read every number of the reports; RERUN=1 builds anew and compares, too
# make faults  kill builds of the minimal study and break them otherwise; the next run must make the same bytes
# make pack    one zip per study for a reviewer
# make compare A=<build> B=<build>  what changed between two builds: ranks, verdicts, sentences, values
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE :=
unexport PYTHONPATH

.PHONY: report env test lint bench faults verify compare pack sources lock clean

report: $(VENV)/.ready
	@$(BIN)/python -m scripts.run $(ARGS)

env: $(VENV)/.ready

# uv comes pinned and hashed into a corner of its own; the environment then holds what requirements.lock says and no more.
$(VENV)/.ready: requirements.lock requirements-bootstrap.lock
	@echo "Setting up the environment (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; found " + sys.version.split()[0] + "; run: make PYTHON=python3.11")'
	@test -x .uv/bin/uv || { $(PYTHON) -m venv .uv && .uv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock; }
	@test -x $(BIN)/python || .uv/bin/uv venv --quiet --python $(PYTHON) $(VENV)
	@.uv/bin/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@touch $@

test: $(VENV)/.ready
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: $(VENV)/.ready
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/snakefmt --check Snakefile workflow && $(BIN)/mypy

bench: $(VENV)/.ready
	@$(BIN)/python tests/bench.py $(ARGS)

faults: $(VENV)/.ready
	@PYTHONPATH=. $(BIN)/python tests/workflow/faults.py $(ARGS)

verify: $(VENV)/.ready
	@$(BIN)/python -m scripts.audit.verify $(if $(RERUN),--rerun) $(ARGS)

# A build is a study of config/config.yaml, brought up to date first, or a folder with a copy of results/<study>.
compare: $(VENV)/.ready
	@$(BIN)/python -m scripts.run compare_runs --forcerun compare_runs --config before="$(A)" after="$(B)"

# One zip per study for a reviewer, with nothing confidential in it.
pack: $(VENV)/.ready
	@$(BIN)/python -m scripts.run pack && ls results/pack/*.zip

# After a raw file was changed on purpose: make sources DATA=<folder below data/raw>
sources: $(VENV)/.ready
	@$(BIN)/python -m scripts.lib.sources data/raw/$(DATA)

# After pyproject.toml was changed: resolve again, with hashes and without index addresses.
lock:
	@.uv/bin/uv pip compile --quiet --generate-hashes --universal --extra dev --no-header --no-emit-index-url pyproject.toml -o requirements.lock
	@.uv/bin/uv pip compile --quiet --generate-hashes --universal --no-header --no-emit-index-url requirements-bootstrap.in -o requirements-bootstrap.lock

clean:
	rm -rf results logs .snakemake
