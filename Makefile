# Everything Jixiang does from a fresh clone. `make help` lists it.
# Set-up runs once: a stamp in .venv remembers the lock it was made from.

SCALE ?= 0.01
SEED  ?= 1
BENCH_SCALE ?= 0.1
PY    ?= $(shell command -v python3.11 || command -v python3)

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN  := $(VENV)/.ready
DEV  := $(VENV)/.ready-dev
CLUSTER := $(VENV)/.ready-cluster
PEERS := .venv-bench

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-cluster check lint types contracts format bench bench-import nightly lock clean distclean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
	@echo
	@echo "variables: SCALE=$(SCALE) (1 = 7.46 million people)  SEED=$(SEED)  PY=$(PY)"

demo: $(RUN)  ## make a small city, decide every policy for it, explain three people
	$(BIN)/jixiang demo --scale $(SCALE) --seed $(SEED)

test: $(DEV)  ## run the tests
	$(BIN)/python -m pytest -n 2

test-cluster: $(CLUSTER)  ## Spark on a cluster of this machine gives the same bytes: needs Java, takes a quarter of an hour
	$(BIN)/python -m pytest -n 0 tests/cluster

check: lint types contracts test  ## all that must hold before a change lands

lint: $(DEV)  ## style, and that every file is formatted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)  ## static types, strict
	$(BIN)/mypy

contracts: $(DEV)  ## who may import whom
	$(BIN)/lint-imports --no-cache

format: $(DEV)  ## put every file into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(RUN) $(PEERS)/.ready  ## time a tenth of the city, beside the same policies by hand and other engines
	$(BIN)/python -m benchmarks --scale $(BENCH_SCALE) --seed $(SEED)

bench-import: $(RUN)  ## time the import of its contributions, beside a bare copy of the same file
	$(BIN)/python -m benchmarks.importing --scale $(BENCH_SCALE) --seed $(SEED)

nightly: $(DEV)  ## the tests with thousands of random examples
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n 2

setup: $(DEV)  ## only set up: the environment in .venv, with everything for development

lock: $(DEV)  ## choose versions anew and write the hashed locks
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade --extra build --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements.txt --extra build --extra dev --output-file requirements-dev.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements.txt --extra spark --output-file requirements-spark.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements.txt --constraint requirements-dev.txt --upgrade \
		--output-file benchmarks/requirements.txt benchmarks/requirements.in

clean:  ## remove what runs made
	rm -rf out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## and the environment too
	rm -rf $(VENV) $(PEERS) src/*.egg-info

$(RUN): requirements.txt pyproject.toml
	@echo "setting up $(VENV) from requirements.txt: about half a minute, once"
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Jixiang needs Python 3.11 or newer: make PY=/path/to/python3.11 …")'
	@$(PY) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "setting up what the tests need from requirements-dev.txt: once"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# What the benchmark is compared with lives apart. Without it the page says so, and everything else is measured.
$(PEERS)/.ready: requirements.txt benchmarks/requirements.txt
	@echo "setting up $(PEERS) from benchmarks/requirements.txt: once"
	@rm -f $@
	@{ $(PY) -m venv $(PEERS) && \
		$(PEERS)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements.txt && \
		$(PEERS)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r benchmarks/requirements.txt && \
		touch $@; } || echo "the peers can not be installed: the benchmark goes on without them"

# Spark is an extra: nothing else needs it, nor Java.
$(CLUSTER): requirements-spark.txt tests/cluster/java.sh $(DEV)
	@sh tests/cluster/java.sh
	@echo "setting up Spark from requirements-spark.txt: some 500 MB, once"
	@$(PIP) install --no-build-isolation --require-hashes -r requirements-spark.txt
	@touch $@
