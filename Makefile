# The only commands anyone must remember. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WORKERS ?= 2
TESTS ?= tests
CONFORMANCE := var/conformance.json
COMPILE = $(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header -q
FAULTS := var/faults.json

# The first Python that is new enough and can make an environment.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    && echo "$$python" && break; done)

.PHONY: help run test test15 check deps docs bench lock plugin conformance faults

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start everything with a demo tenant; prints where to click
	@$(BIN)/xenia demo

test: $(INSTALLED) ## run every test (TESTS=tests/core for some)
	@$(BIN)/python scripts/programs.py check
	@$(BIN)/pytest -q -n $(WORKERS) $(TESTS)

test15: $(INSTALLED) ## the same on PostgreSQL 15, the oldest that is supported
	@$(BIN)/python -m tests.interop.postgresql_15 $(BIN)/pytest -q -n $(WORKERS) $(TESTS)

check: $(INSTALLED) ## style, types, import rules, templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python scripts/check_imports.py
	@$(BIN)/python scripts/check_templates.py

deps: ## install the system programs that the tests start (Debian)
	@PYTHON="$(or $(PYTHON),python3)" scripts/deps

docs: $(INSTALLED) ## write the generated part of docs/reference
	@$(BIN)/python scripts/docs.py

bench: $(INSTALLED) ## measure against floors and peers
	@$(BIN)/python -m tests.bench

conformance: $(INSTALLED) ## OpenID's own checks, for us and a peer; writes docs/reference/conformance.md
	@mkdir -p var
	@failed=0; XENIA_CONFORMANCE_RESULTS=$(CONFORMANCE) $(BIN)/pytest -q -n $(WORKERS) tests/conformance || failed=$$?; \
	    $(BIN)/python -m tests.conformance.table $(CONFORMANCE); exit $$failed

faults: $(INSTALLED) ## races, crashes and lost connections at full size; writes docs/reference/faults.md
	@mkdir -p var
	@failed=0; XENIA_FULL=1 XENIA_FAULTS_RESULTS=$(FAULTS) $(BIN)/python -m pytest -q -p tests.faults.results \
	    $$($(BIN)/python -m tests.faults.table --tests) \
	    || failed=$$?; $(BIN)/python -m tests.faults.table $(FAULTS); exit $$failed

lock: $(INSTALLED) ## renew the locks from pyproject.toml
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install -q uv
	@$(COMPILE) --group build --upgrade -o requirements.lock
	@$(COMPILE) --group dev --upgrade -c requirements.lock -o requirements-dev.lock
	@! grep -nE '://|^ *-(i|f|-index-url|-extra-index-url|-find-links)' requirements.lock requirements-dev.lock

plugin: $(INSTALLED) ## start a plugin: make plugin NAME=loyalty
	@test -n "$(NAME)" || { echo "plugin: say its name, for example: make plugin NAME=loyalty" >&2; exit 2; }
	@$(BIN)/xenia plugin new $(NAME)

# The lock by hash, then the project itself. No isolated build: hatchling is in it, so nothing unpinned is fetched.
$(INSTALLED): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Xenia needs Python 3.11 or newer with its venv module; none was found on PATH." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q core web plugins  # as pip does for a wheel: halves the start, also where Python mayn't write it
	@touch $@
