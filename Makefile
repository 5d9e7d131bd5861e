# `make demo` shows the program; `make test` proves it. `make` alone says what else there is.
.DEFAULT_GOAL := help
BIN := .venv/bin
UV_COMPILE := $(CURDIR)/$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
JOBS ?= 2

# Where compiled modules are not kept, each of the many processes of a test run compiles two thousand of them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo setup test check format translations lock bench licences pictures clean

help: ## this list
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: setup ## set up, load a demo network, serve it
	@$(BIN)/panier demo

setup: ## make .venv and .venv/bin/panier
	@sh tools/setup.sh

test: environment ## every check and every test
	@$(BIN)/python -m tools.test_programs
	@$(MAKE) --no-print-directory checks
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: environment checks ## format, lint, types, translations and licences only

format: environment ## write the code as the checks want it
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

translations: environment ## bring the French catalogue up to date with the code
	@$(BIN)/python -m tools.translations update

licences: environment ## rewrite the table in docs/licences.md
	@$(BIN)/python -m tools.licences write

pictures: environment ## take the pictures of the README anew, from the demo
	@$(BIN)/python -m tools.pictures

bench: environment ## the benchmarks, each beside its baseline
	@$(BIN)/python -m benchmarks

lock: setup ## choose package versions anew
	@cd requirements && for set in run test uv node; do $(UV_COMPILE) --upgrade $$set.in -o $$set.txt; done
	@npm install --package-lock-only --no-audit --no-fund

clean: ## remove everything `make` made; the data in var/ stay
	@rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		api/static/vendor labels/fonts
	@find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: environment checks
environment:
	@sh tools/setup.sh test

checks:
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/python -m tools.translations check
	@$(BIN)/python -m tools.licences check
