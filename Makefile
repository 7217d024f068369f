# `make demo` and `make test` need python3 (3.11 or newer) and make; everything else is built here.

PYTHON      ?= python3
VENV        := .venv
BIN         := $(VENV)/bin
STAMP       := $(VENV)/.built
SOURCES     := asa_automate tests bench
PIP         := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST_ARGS ?= -n auto

# The tools that write the lock live apart from it, so that they are not part of what they lock.
LOCK_VENV   := $(VENV)/lock-tools
PIP_TOOLS   := pip-tools==7.6.2

# What writes the bill of materials, apart for the same reason.
SBOM_VENV   := $(VENV)/sbom-tools
SBOM_TOOLS  := cyclonedx-bom==7.5.0

# The peers of the benchmark, apart from everything else; one of them is under the GPL.
BENCH_VENVS := $(VENV)/bench $(VENV)/bench-ciscoconfparse2 $(VENV)/bench-sessions $(VENV)/bench-ansible

# What is measured besides the way from text to plan: bench/NAME.py, about an hour and a half in all.
BENCHES     ?= proof engine store collect sessions whole rollout jobs

.DEFAULT_GOAL := help
.PHONY: help demo test lint pytest coverage bench torture fuzz format lock sbom wheel clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP) ## virtual firewalls over SSH: collect, plan, apply, a forced failure, rollback
	@$(BIN)/asa-automate demo

test: lint pytest ## everything that must hold: lint, types, floors, dependencies, tests

lint: $(STAMP) ## ruff, mypy --strict, import-linter, deptry
	@echo "== ruff check";    $(BIN)/ruff check --quiet $(SOURCES)
	@echo "== ruff format";   $(BIN)/ruff format --quiet --check $(SOURCES)
	@echo "== mypy --strict"; $(BIN)/mypy --no-error-summary
	@echo "== lint-imports";  $(BIN)/lint-imports > $(VENV)/floors.txt || { cat $(VENV)/floors.txt; exit 1; }
	@echo "== deptry";        $(BIN)/deptry . > $(VENV)/deptry.txt 2>&1 || { cat $(VENV)/deptry.txt; exit 1; }

pytest: $(STAMP) ## the tests alone (PYTEST_ARGS="-n0 -k rollback" narrows them down)
	@echo "== pytest"; $(BIN)/pytest $(PYTEST_ARGS)

coverage: $(STAMP) ## the tests again, with branch coverage
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n0 -q
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

bench: $(STAMP) $(BENCH_VENVS:=/.built) ## text to plan beside TextFSM, ttp, ciscoconfparse2 ... (BENCH_ARGS=--quick)
	@$(BIN)/python -m bench.run $(BENCH_ARGS)
	@for one in $(BENCHES); do $(BIN)/python -m bench.$$one $(filter --quick,$(BENCH_ARGS)) || exit; done

torture: $(STAMP) ## every event x every fault x every event of the recovery; seeded faults; real kills
	@$(BIN)/python -m tests.torture.run $(TORTURE_ARGS)

fuzz: $(STAMP) ## 100,000 hostile inventories and firewalls: no line too many is executed (FUZZ=N: other number)
	@ASA_AUTOMATE_FUZZ=$(or $(FUZZ),100000) $(BIN)/pytest -n auto -q -rP tests/fuzz

format: $(STAMP) ## write the code as ruff formats it, and apply its safe fixes
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

lock: ## write requirements.lock anew from pyproject.toml (LOCK_ARGS=--upgrade: newest)
	@$(PYTHON) scripts/check-python && $(PYTHON) -m venv $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --quiet '$(PIP_TOOLS)'
	@env -u PIP_FIND_LINKS $(LOCK_VENV)/bin/pip-compile --quiet --no-config $(LOCK_ARGS) \
	    --extra dev --strip-extras --allow-unsafe --generate-hashes \
	    --no-header --no-annotate --newline lf --no-emit-options --no-emit-index-url \
	    --no-emit-find-links --no-emit-trusted-host \
	    --output-file requirements.lock pyproject.toml
	@echo "requirements.lock: $$(grep -c '==' requirements.lock) packages, hashes only"

sbom: ## dist/sbom.cdx.json: a CycloneDX bill of materials of requirements.lock, with its hashes
	@$(PYTHON) scripts/check-python && $(PYTHON) -m venv $(SBOM_VENV)
	@$(SBOM_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --quiet '$(SBOM_TOOLS)'
	@mkdir -p dist
	@$(SBOM_VENV)/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml \
	    --output-reproducible --validate --output-file dist/sbom.cdx.json requirements.lock
	@echo "dist/sbom.cdx.json: $$(grep -c '"purl"' dist/sbom.cdx.json) packages"

wheel: $(STAMP) ## dist/*.whl, with templates and sample inventory inside
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -1 dist/*.whl

clean: ## remove all that make has made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache \
	    .hypothesis .import_linter_cache .coverage .coverage.*
	find asa_automate tests bench -type d -name __pycache__ -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml scripts/check-python
	@$(PYTHON) scripts/check-python
	@echo "== building $(VENV) with $$($(PYTHON) --version) (once; a minute or two)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --quiet --quiet --require-hashes --requirement requirements.lock
	@$(PIP) install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# What cannot be installed here is measured as missing, not an error.
$(VENV)/bench/.built: bench/requirements.txt | $(STAMP)
$(VENV)/bench-ciscoconfparse2/.built: bench/requirements-ciscoconfparse2.txt | $(STAMP)
$(VENV)/bench-sessions/.built: bench/requirements-sessions.txt | $(STAMP)
$(VENV)/bench-ansible/.built: bench/requirements-ansible.txt | $(STAMP)
$(BENCH_VENVS:=/.built):
	@echo "== building $(@D) from $<"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check --no-input install --quiet --quiet \
	    --requirement $< || echo "$<: cannot be installed here; its peers will be missing" >&2
	@touch $@
