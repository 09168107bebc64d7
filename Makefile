# Two commands are enough: `make reproduce` and `make test`. Each does all the set-up it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OLDEST := .venv-oldest
TESTS := -m pytest -q --numprocesses 2 --dist worksteal
PYTEST := $(BIN)/python $(TESTS)
FAST := -m "not full and not slow"
# What builds the package is pinned too: setuptools comes first, from the lock, and pip fetches no other.
INSTALL := python -m pip install --quiet --disable-pip-version-check

.PHONY: setup reproduce test test-fast test-full test-oldest mutants faults check format results results-long report bench clean

$(READY): requirements.lock
$(OLDEST)/.ready: requirements-oldest.lock
$(READY) $(OLDEST)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/$(INSTALL) --constraint $(filter %.lock,$^) setuptools
	$(@D)/bin/$(INSTALL) --constraint $(filter %.lock,$^) --no-build-isolation --editable ".[dev]"
	touch $@

setup: $(READY)

reproduce: $(READY)  ## every published section, 35 seeds, in a folder of its own, beside the published figures
	rm -rf reproduced
	$(BIN)/lstm-lab reproduce --results reproduced

test: $(READY)  ## fast tests, then the regression of the published figures
	$(PYTEST) -m "not full"

test-fast: $(READY)
	$(PYTEST) $(FAST)

test-full: $(READY)  ## all of it, every published section re-run with Keras
	$(PYTEST)

test-oldest: $(OLDEST)/.ready  ## fast tests, oldest dependencies allowed; these may call what is deprecated by now
	$(OLDEST)/bin/python $(TESTS) $(FAST) --override-ini filterwarnings=

mutants: $(READY)  ## makes changes that must not go unnoticed, one by one in a copy: prints those that no test notices
	$(BIN)/python tests/mutants.py --jobs 2

faults: $(READY)  ## kills, disks, signals, damaged files, strange environments and made-up input, many times over
	LSTM_LAB_FAULTS=1 $(PYTEST) tests/faults

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

results: $(READY)  ## record what is missing of the reference results, compiled trainer: forty minutes from nothing
	$(BIN)/lstm-lab record --results results

results-long: $(READY)  ## also an hour and a half of long compiled runs, and two hours of Keras' own
	$(BIN)/lstm-lab record --results results --long

report: $(READY)  ## reports, overview, findings and the first of them in the README, from the recorded runs
	$(BIN)/lstm-lab report --results results --readme

bench: $(READY)
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) $(OLDEST) reproduced runs .cache build *.egg-info
