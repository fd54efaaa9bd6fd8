# Everything that a developer runs. `make help` lists the targets; the first run of any of them does `make setup`.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The system's own Python where it is new enough: it is built with the compiler's profile, and runs the program in two
# thirds of the time of one that was compiled by hand and stands before it in the path.
OWN_PYTHON := /usr/bin/python3
PYTHON ?= $(if $(shell $(OWN_PYTHON) -c 'import sys; print("new" * (sys.version_info >= (3, 11)))' 2>/dev/null),$(OWN_PYTHON),python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
INTEROP := tests/interop
# Workers of the test run, more than two cores need, since tests wait for processes. Tests use ports that the system
# chooses and folders of their own, so any number works.
WORKERS ?= 3
# Whole files to workers. One that died is not replaced: its file's rest would never be given out, and the run not end.
SHARED := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0
# More arguments for pytest, such as ARGS="tests/journal -x".
ARGS ?=
# `make lock UPGRADE=1` takes the newest versions; without it only what base.in and dev.in changed is touched.
UPGRADE ?=

SOURCES := signer_app tests docs packaging

# Every command starts a program. Without its compiled modules at hand it would compile two hundred each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo run test suite lint docs bench soak package screenshots lock FORCE

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

## ---- setting up -------------------------------------------------------------------------------------------

setup: $(STAMPS)/python $(if $(wildcard $(INTEROP)/package-lock.json),$(STAMPS)/interop) ## install what is missing

$(STAMPS)/system: packaging/system-packages.sh
	@mkdir -p $(@D)
	PYTHON="$(PYTHON)" packaging/system-packages.sh
	@touch $@

$(BIN)/python: | $(STAMPS)/system
	$(PYTHON) -m venv $(VENV)

# uv, itself locked, installs in a tenth of pip's time, and writes the locks. What the machine trusts, it trusts.
UV := $(STAMPS)/uv-venv/bin/uv --quiet --system-certs
# A mirror may be known to pip alone (pip.conf): where uv cannot fetch, it says so and pip does. Both check each hash.
INSTALL = $(UV) pip install --python $(BIN)/python $(1) || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(1)

$(STAMPS)/uv: requirements/uv.txt | $(STAMPS)/system
	@mkdir -p $(@D)
	$(PYTHON) -m venv --clear $(STAMPS)/uv-venv
	$(STAMPS)/uv-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The stamps hold the time of the last success, so that a change of a lock, and nothing else, runs the step again.
# The program is found by a path: a finder would cost every process that is started thirty milliseconds.
$(STAMPS)/python: requirements/dev.txt pyproject.toml $(BIN)/python | $(STAMPS)/uv
	@mkdir -p $(@D)
	$(call INSTALL,--require-hashes -r requirements/dev.txt)
	$(call INSTALL,--no-deps --no-build-isolation --config-settings editable_mode=compat -e .)
	@touch $@

# npm scripts stay off: nothing that is fetched for tests may run code while it is installed.
$(STAMPS)/interop: $(INTEROP)/package-lock.json $(INTEROP)/package.json \
		$(if $(wildcard $(INTEROP)/node_modules),,FORCE) | $(STAMPS)/system
	@mkdir -p $(@D)
	cd $(INTEROP) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

## ---- using ------------------------------------------------------------------------------------------------

demo: setup ## rehearse the main job on practice ledgers, without any network
	$(BIN)/countersign demo $(ARGS)

run: setup ## start the program
	$(BIN)/countersign $(ARGS)

## ---- checking ---------------------------------------------------------------------------------------------

# Types are checked by one core as soon as Python is set up; the suite begins meanwhile, and each fails the whole.
test: ## lint and the whole test suite
	@$(MAKE) --no-print-directory -j2 lint suite

# Temporary files lie in memory where there is plenty: tests write and sync tens of thousands of small ones.
MEMORY := $(shell df --output=avail -k /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 8 * 2^20 { print "/dev/shm" }')

suite: setup
	@scratch=$$(mktemp -d $(or $(MEMORY),$${TMPDIR:-/tmp})/c.XXXX); trap 'rm -rf "$$scratch"' EXIT; \
	TMPDIR=$$scratch COUNTERSIGN_HYPOTHESIS=full \
		$(BIN)/python -m pytest --basetemp=$$scratch/t $(SHARED) $(ARGS)

lint: $(STAMPS)/python ## style, types and import layers
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup ## write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

bench: setup ## speed against the limits in tests/bench/limits.toml
	@test -e tests/bench/__main__.py || { echo "make bench: not built yet (tests/bench)." >&2; exit 1; }
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: setup ## draw every page of the window again, in both themes and sizes
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/ui/screenshots.py $(ARGS)

soak: setup ## long runs with many kills
	COUNTERSIGN_HYPOTHESIS=soak $(BIN)/python -m pytest -m soak --timeout 0 $(ARGS)

## ---- building ---------------------------------------------------------------------------------------------

package: setup ## a folder that runs without Python, tried out, and a .deb of it, in build/package
	$(BIN)/python packaging/build.py $(ARGS)

## ---- locks ------------------------------------------------------------------------------------------------

# No lock holds an address: the machine's own settings say where packages come from, and the hashes say what they
# must be.
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade)

lock: $(STAMPS)/uv ## write the hash-pinned locks of requirements/ again
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) --constraints requirements/base.txt requirements/dev.in -o requirements/dev.txt
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
