# One verb each; `make demo` and `make test` do all set-up themselves.
PYTHON ?= python3
VENV ?= .venv
# A pinned torch: where a CPU build of it is at hand, pip takes that instead of gigabytes of CUDA.
TORCH ?= torch==2.13.0
BIN := $(VENV)/bin

.PHONY: demo test lint types proto fmt clean

demo: $(VENV)/server.stamp
	$(BIN)/slantwise analyze seeds/column.md

test: $(VENV)/dev.stamp lint types
	$(BIN)/python -m pytest -q

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

fmt: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

proto: $(VENV)/dev.stamp
	$(BIN)/python proto/generate.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"

$(VENV)/server.stamp: $(VENV)/bin/python pyproject.toml models/en/pyproject.toml
	$(BIN)/pip install --quiet -e '.[server]' -e models/en
	touch $@

$(VENV)/dev.stamp: $(VENV)/server.stamp
	$(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet -e '.[train]' --group dev
	touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
