# Two commands set everything up on a machine that has Python >= 3.11 and make:
#   make compare   builds .venv, runs the main comparison and says where its report is
#   make test      builds .venv with the test tools, then lint, types and all tests
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help compare run test lint validate bench clean

help:
	@echo "make compare    run the main comparison (ARGS='scenario=disney_cmr seed=7' are passed on)"
	@echo "make run        run one world (ARGS are passed on)"
	@echo "make test       lint, types and all tests"
	@echo "make lint       lint and types only"
	@echo "make validate   the long campaigns (kills, Ray, SLURM if Debian's is there), oracles, experiments in full, the wheel"
	@echo "make bench      speed and memory on this machine (ARGS are passed on)"
	@echo "make clean      remove what these commands made, except results"

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "ecosim needs Python 3.11 or newer; none was found on the PATH" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import venv, ensurepip' >/dev/null 2>&1 || { \
		echo "$(PYTHON) has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@rm -f $(VENV)/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $(VENV)/installed $@

compare: $(VENV)/installed
	@$(BIN)/ecosim compare $(ARGS)

run: $(VENV)/installed
	@$(BIN)/ecosim run $(ARGS)

bench: $(VENV)/installed
	@$(BIN)/ecosim bench $(ARGS)

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n 2 -m 'not campaign'

validate: test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,ray,slurm,oracle]'
	$(BIN)/python -m pytest -n 2 -m 'campaign or oracle'
	-$(BIN)/ecosim reproduce all

clean:
	rm -rf $(VENV) build dist outputs multirun .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find ecosim experiments configs tests -name __pycache__ -type d -prune -exec rm -rf {} +
