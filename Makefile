# Everything a newcomer or CI runs. `make` alone shows the list.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup demo test lint bench generate lock clean

help:  ## show this list
	@awk -F ':.*## *' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME)  ## install what running needs into .venv (Python 3.11 or newer, no root)

demo: $(RUNTIME)  ## replay July 2009 through broker, workers and serve (DEMO_ARGS="--exit" ends by itself, "--storm" pages)
	$(BIN)/streams demo $(DEMO_ARGS)

test: $(DEVELOPMENT)  ## fetch Kafka, Prometheus, Alertmanager, then run every test (PYTEST_ARGS="tests/core -x" narrows)
	$(BIN)/python -m tests.kafka.apache fetch
	$(BIN)/python -m tests.tools.debian fetch
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

lint: $(DEVELOPMENT)  ## check style, formatting, types, and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEVELOPMENT)  ## measure throughput, memory, latency and take-over on Apache Kafka
	$(BIN)/python -m tests.kafka.apache fetch
	$(BIN)/python -m bench

generate: $(RUNTIME)  ## write the files that are made from the code (AsyncAPI, alerting rules and routes)
	$(BIN)/streams generate

lock: $(DEVELOPMENT)  ## pin pyproject.toml's dependencies anew, with hashes, for Python 3.11 and newer
	$(PIP) install uv
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --group build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --group build --group dev --constraints requirements.lock pyproject.toml \
		--output-file requirements-dev.lock

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

clean:  ## remove what setup, tests and demo made (not reports/)
	rm -rf $(VENV) .cache var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# A name alone proves nothing: a pyenv shim exists for versions that are not active, and Debian's python3 may lack venv.
PYTHON_IS_USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# pip is the last thing that venv makes, so an interrupted one is made again.
$(BIN)/pip:
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c '$(PYTHON_IS_USABLE)' 2>/dev/null; then \
			echo "setup: $(VENV) from $$($$python --version)"; exec $$python -m venv --clear $(VENV); fi; done; \
	echo "setup: no Python 3.11 or newer with venv found; install one (Debian: apt install python3 python3-venv)" >&2; exit 1

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/pip
	@echo "setup: installing what running needs"
	@$(PIP) install --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "setup: installing what lint and tests need"
	@$(PIP) install --require-hashes --no-deps --requirement requirements-dev.lock
	@touch $@
