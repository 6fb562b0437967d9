# Every target does the set-up it needs by itself. Words after ARGS= go to the program.
PYTHON ?= python3
BIN := .venv/bin
# One for each processor: with one more, sound in real time came late. More than four fight each other.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ "$$n" -gt 4 ] && n=4; echo "$$n")
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: feature help setup python console console-dev wheel demo test bench fuzz lint types run clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python: # the Python environment alone, without an Asterisk
	@PYTHON="$(PYTHON)" tools/bootstrap.sh

setup: console ## all the set-up, without root: .venv with pinned packages, the console, an Asterisk
	@$(BIN)/dialer asterisk install > /dev/null

console: python ## build the console's pages, if their sources changed
	@$(BIN)/python tools/console.py build

console-dev: python ## the console as you edit it, over a running service (DIALER_URL=http://…)
	@$(BIN)/python tools/console.py dev $(ARGS)

feature: python ## the skeleton of a feature (NAME=surveys, ONE=survey, ZH=问卷)
	@$(BIN)/python -m tools.feature $(NAME) $(if $(ONE),--one $(ONE)) $(if $(ZH),--zh $(ZH))

wheel: console ## a wheel with the console in it, under dist/
	@$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

demo: setup ## the main job on a real Asterisk, with simulated callees and reps
	@$(BIN)/dialer demo $(ARGS)

test: setup ## every test; the last line is pytest's own count (ARGS="-k name")
	@$(BIN)/python -m tests.kit.browser > /dev/null
	@PYTHONPATH=tools $(BIN)/python -m pytest -p pytest_fair -q -rfER -n $(WORKERS) $(ARGS)

bench: setup ## the benchmarks: tables here, JSON under bench/out/
	@$(BIN)/python -m bench $(ARGS)

fuzz: python ## broken bytes against the parsers (ARGS="--seconds 600")
	@$(BIN)/python tests/fuzz_parsers.py $(if $(ARGS),$(ARGS),--seconds 60)

lint: python ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: python ## mypy, strict
	@$(BIN)/mypy

run: setup ## the service (ARGS="--config FILE")
	@$(BIN)/dialer serve $(ARGS)

clean: ## remove what set-up and tools made (not the data under var/)
	@rm -rf .venv .venv.* .mypy_cache .ruff_cache .pytest_cache .hypothesis console/dist console/node_modules
