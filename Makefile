# Every target makes and reuses .venv by itself: plain python3 (3.11 or newer), venv and pip; no other tool is asked for.
#
#   make demo   [ARGS="--for 30s --report out.json"]    the live site
#   make test   [ARGS="tests/protocols -x"]             host tests and HIL tests on real MicroPython; ARGS: one pytest
#   make test-nightly                                   the whole never-strike test: 10,000 trips, about half an hour
#   make check                                          lint, types, import rules, mpy-cross, generated documents
#   make bench  [ARGS="--only help_start_ms"]           one JSON object a line
#   make bundle TARGET=rp2|esp32|unix PROGRAM=parking_lane [UNIT=1] [DEV_ID=1] [OUT=dir]
#   make docs                                           generated documents
#   make clean | distclean                              what was built | .venv too

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help venv demo test test-nightly check bench bundle docs format clean distclean

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The first python on PATH that is new enough (Ubuntu 22.04 and macOS ship an older python3 beside newer ones).
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# Two stamps, so that the demo does not wait for type checkers to download. Each holds as long as the two files do.
RUN := $(VENV)/.stamp-run
DEV := $(VENV)/.stamp-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

help:
	@sed -n '3,10s/^# \{0,1\}//p' Makefile

venv: $(DEV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3 and python3-venv, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module here: on Debian and Ubuntu, apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(RUN): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) (only when pyproject.toml or constraints.txt changed)"
	@$(PIP) --editable '.[demo]'
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) with what tests and checks need (only when pyproject.toml or constraints.txt changed)"
	@$(PIP) --editable '.[dev]'
	@touch $(RUN) $@

demo: $(RUN)
	@$(BIN)/edgectl demo $(ARGS)

test: $(DEV)
	@$(BIN)/python -m tools.suite $(ARGS)

test-nightly: $(DEV)
	@$(BIN)/python -m tools.suite hil_tests/test_parking_lane_trips.py --trips 10000 -n logical --dist loadscope --durations=0 $(ARGS)

check: $(DEV)
	@$(BIN)/python -m tools.checks $(ARGS)

bench: $(DEV)
	@$(BIN)/python -m tools.bench $(ARGS)

TARGET ?= rp2
PROGRAM ?= parking_lane
UNIT ?= 1
DEV_ID ?= $(UNIT)
OUT ?= build/bundle/$(TARGET)-$(PROGRAM)
bundle: $(RUN)
	@$(BIN)/python -m tools.bundle --target $(TARGET) --program $(PROGRAM) --unit $(UNIT) --dev-id $(DEV_ID) --out $(OUT) $(ARGS)

docs: $(RUN)
	@$(BIN)/python -m tools.docs $(ARGS)

format: $(DEV)
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean:
	@rm -rf build dist run *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	@rm -rf $(VENV)
