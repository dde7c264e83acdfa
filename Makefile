# Everything starts here; `make help` lists it. The setting-up is in scripts/setup and scripts/setup-js.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

BIN := .venv/bin
CODE := $(wildcard src tests demo benches examples tools)
# What the tests start beside the newest Gradio: the four that `make test` plays, and those with servers that are not well.
RELEASES := 2.9.4 3.1.4 3.34.0 3.50.2 4.8.0 4.9.1 4.44.1 5.0.2-aged 5.49.1 5.50.0 6.31.0 for-gradlink for-packages
# The releases that the matrix is played on: `small` is four of those, `all` is every one, as in CI, the others with one client for each
# scenario, in turn. `make test-matrix` plays all of them with both.
PLAYED := small
# How much of all lines and branches, in percent, the unit tests come through at least: a bit less than they do.
FLOOR := 65
# Run one of js/'s scripts with the Node that scripts/setup-js found or installed.
JS = scripts/setup all && scripts/setup-js && cd js && PATH="$$(../scripts/setup-js path):$$PATH" npm run --silent

.PHONY: help demo docs packages unit coverage test test-py test-js test-all test-matrix test-pythons check format bench bench-quick bench-js pictures clean setup

help: ## list the targets
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
	    printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: ## see in half a minute what gradlink does, against a real Gradio app
	@scripts/setup demo
	@$(BIN)/python -m demo

docs: ## build the site of the documentation into .cache/site
	@scripts/setup all
	@scripts/setup-js
	@PATH="$$(scripts/setup-js path):$$PATH" $(BIN)/python tools/site.py .cache/site

unit: ## run the tests of the core, which need no server, in under a minute
	@scripts/plan unit
	@scripts/setup all
	@$(BIN)/python -m pytest --unit -n 2 -q $(ARGS)

coverage: ## run them, and see how much of the code they come through
	@scripts/plan coverage
	@scripts/setup all
	@$(BIN)/python -m pytest --unit -n 2 -q --cov --cov-report=
	@$(BIN)/coverage report --fail-under=100
	@printf 'Of all of gradlink the unit tests alone come through so many percent, of at least $(FLOOR): '
	@$(BIN)/coverage report --include='src/gradlink/*' --omit=none --format=total --fail-under=$(FLOOR)

test-pythons: ## run the tests of the core on every CPython that gradlink supports and this machine has
	@scripts/test-pythons 3.11 3.12 3.13 3.14 3.15

test: ## check everything and run all tests, of Python and of JavaScript
	@scripts/plan $(if $(filter all,$(PLAYED)),test-everything,test $(RELEASES))
	@scripts/setup all
	@scripts/side-by-side check coverage
	@$(MAKE) test-js
	@$(MAKE) test-py AFTER_UNIT=--after-unit

test-py: ## run the tests of Python
	@scripts/setup all
	@$(BIN)/python tools/releases.py install $(RELEASES)
	@$(if $(filter all,$(PLAYED)),$(BIN)/python tools/releases.py install --all)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -rs --releases $(PLAYED) --in-turn $(AFTER_UNIT) $(ARGS)

test-js: ## check the JavaScript client and run its tests, in every runtime
	@$(JS) all

test-all: ## all tests on every event loop, which takes half as long again
	@$(MAKE) test ARGS="--every-loop $(ARGS)"

test-matrix: ## the matrix suite with every Gradio release, each in an environment of its own, and what gradlink.load does between them
	@scripts/plan test-matrix
	@scripts/setup all
	@$(BIN)/python tools/releases.py install --all
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q tests/matrix tests/loading/test_releases.py --releases all $(ARGS)

check: ## format, lint, types, layers: what can be seen without running
	@scripts/setup all
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

format: ## let ruff format, and mend what it can
	@scripts/setup all
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

packages: ## build what a release uploads, and verify it; nothing is published
	@scripts/setup all
	@scripts/setup-js
	@PATH="$$(scripts/setup-js path):$$PATH" $(BIN)/python tools/packages.py .cache/packages

bench: ## measure gradlink against the existing client and the bare minimum
	@scripts/setup all
	@$(BIN)/python -m benches

bench-quick: ## the most important of them, in about a minute
	@scripts/setup all
	@$(BIN)/python -m benches --quick

bench-js: ## measure the JavaScript client against the existing one and the bare minimum
	@$(JS) bench

pictures: ## draw the pictures of the documentation anew
	@scripts/setup all
	@$(BIN)/python tools/terminal.py
	@$(BIN)/python -m tools.notebook
	@$(BIN)/python -m tools.docs_page
	@$(BIN)/python -m tools.loaded

setup: ## make .venv ready for all of this
	@scripts/setup all

clean: ## remove what was made here: .venv, caches, builds
	rm -rf js/node_modules js/dist js/.cache .cache/node .cache/js-* .cache/pythons
	rm -rf .venv .coverage build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .gradio
	find . -name __pycache__ -type d -not -path './node_modules/*' -exec rm -rf {} +
