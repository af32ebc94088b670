# The two commands of the README are `make demo` and `make test`. Both create .venv and install what they need.

# The first of these that is 3.11 to 3.14; another one: make PYTHON=/path/to/python
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(IN_RANGE)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt
BASE := $(VENV)/.base
READY := $(VENV)/.ready
WORKERS ?= 2
DATA ?= data/raw
PEERS ?=
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: demo test test-long lint format bench faults results docs notebook pictures clean

demo: $(BASE)
	$(BIN)/ser demo

test: lint
	$(PYTEST) --durations=10 -m "not long"

test-long: $(READY)
	$(PYTEST) --durations=10 -m long

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(if $(PEERS),SER_PEER_PYTHON=$(PEERS)) $(BIN)/python -m benchmarks.bench --data $(DATA) --write

faults: $(READY)
	$(BIN)/python -m benchmarks.robustness.fuzz
	$(BIN)/python -m tests.faults
	$(BIN)/python -m benchmarks.scale.memory

results: $(READY)
	$(BIN)/python -m benchmarks.accuracy.recipes run --data $(DATA) --quick
	$(BIN)/python -m benchmarks.accuracy.recipes table

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "open build/site/index.html; with search: $(BIN)/python -m http.server -d build/site"

# The screenshots of the app, a report and the service, and the figures of a store, in README and docs.
pictures: $(READY)
	$(BIN)/ser extract --datasets ravdess emodb tess cremad --for best --data $(DATA) --store build/pictures/store
	$(BIN)/ser train --model best --datasets ravdess emodb --store build/pictures/store --out build/pictures/best
	SER_SCREENSHOTS=docs/images SER_SCREENSHOT_ARTIFACT=build/pictures/best \
		SER_SCREENSHOT_AUDIO=$$(for emotion in 08 04 05 03 06 07; do \
			find -L $(DATA)/ravdess -name "03-01-$$emotion-02-01-01-02.*"; done | paste -sd:) \
		$(BIN)/python -m pytest tests/browser/test_screenshots.py
	for figure in "distribution pitch_mean --datasets ravdess emodb" "speakers pitch_mean --datasets ravdess emodb" \
		"contours --datasets ravdess emodb" "gallery --speakers ravdess/01" "map --by dataset"; do \
		$(BIN)/ser plot $$figure --store build/pictures/store --force --out docs/images/plot_$${figure%% *}.png || exit 1; done

notebook: $(READY)
	$(BIN)/python notebooks/run.py

clean:
	rm -rf $(VENV) build *.egg-info

# What the demo needs: the base installation and the boosted trees.
$(BASE): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.14 found: install one, or make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[xgboost]'
	@touch $@

# Everything else: TensorFlow, the app, the optional libraries, tests and documentation.
$(READY): $(BASE)
	$(PIP) --editable '.[cpu,augment,denoise,tune,dask,app,audformat,docs,dev]'
	@touch $@
