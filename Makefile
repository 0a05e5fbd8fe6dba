# Liaison: `make demo` and `make test` are all a fresh machine needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
ASSETS_READY := node_modules/.ready-assets
JUDGES_READY := node_modules/.ready-judges
BENCH_READY := $(VENV)-bench/.ready
# Whole files in two processes, in the order of their names: the tests of a file may share what is slow to start, and
# follow on one another. Folders whose files take longest come first.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder
T ?= tests
PORT ?= 8300
SCALE ?= 1000000

.PHONY: help demo serve worker tenant test test-slow check format crash bench fuzz docs lock screenshots clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(RUN_READY) $(ASSETS_READY) ## Install, then start Liaison with its local tenant and print the address
	@exec $(BIN)/liaison demo --port $(PORT)

serve: $(RUN_READY) $(ASSETS_READY) ## Start Liaison against the tenant named in the settings
	@exec $(BIN)/liaison serve

worker: $(RUN_READY) ## Start one more worker
	@exec $(BIN)/liaison worker

tenant: $(RUN_READY) ## Start the local tenant alone
	@exec $(BIN)/liaison tenant

test: $(DEV_READY) $(JUDGES_READY) chromium ## Install, then run the tests (T=path for a part)
ifeq ($(T),tests)
	@$(BIN)/python -m pytest tests -m "not slow" $(SIDE_BY_SIDE) --statements docs/statements.md \
	  --operations docs/local-tenant/coverage.md
else
	@$(BIN)/python -m pytest $(T)
endif
	@echo "Not in make test: the slow suites (make test-slow), every crash point (make crash), long fuzzing (make fuzz)."

test-slow: $(DEV_READY) $(JUDGES_READY) chromium ## Run the suites that are too slow for make test
	@$(BIN)/python -m pytest tests -m slow $(SIDE_BY_SIDE)

check: $(DEV_READY) ## Format, lint, types, floors, words, texts, docs
	@$(BIN)/ruff format --check src tests bench docs
	@$(BIN)/ruff check src tests bench docs
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/_generate --check

format: $(DEV_READY) ## Format the code
	@$(BIN)/ruff format src tests bench docs
	@$(BIN)/ruff check --fix src tests bench docs

crash: $(DEV_READY) $(ASSETS_READY) ## Kill the worker at every step of connect and disconnect, and count what exists
	@$(BIN)/python -m tests.crash.run

bench: $(DEV_READY) $(JUDGES_READY) $(BENCH_READY) ## Measure, side by side with a baseline (SCALE=1000000 rows)
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.doctor --large $(SCALE)
	@$(BIN)/python -m bench.actions
	@$(BIN)/python -m bench.tenant --datasette $(VENV)-bench/bin/datasette --scale $(SCALE)

fuzz: $(DEV_READY) ## Send the local tenant what no client should send, for five minutes (ARGS=--seconds 60)
	@$(BIN)/python -m tests.fuzz.run $(ARGS)

docs: $(DEV_READY) ## Write the generated pages of docs/
	@$(BIN)/python docs/_generate

screenshots: $(DEV_READY) $(ASSETS_READY) chromium ## Take the pictures of docs/ from the running demo
	@PYTHONPATH=. $(BIN)/python docs/_generate/screenshots.py

lock: $(DEV_READY) ## Pin the dependencies again, with hashes and without addresses
	@$(BIN)/uv pip compile -q pyproject.toml --group build --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --constraints requirements.lock --generate-hashes --universal \
	  --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --group bench --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements-bench.lock

clean: ## Remove what was installed and the demo's data
	@rm -rf $(VENV) $(VENV)-bench node_modules src/liaison/web/assets/packages .liaison

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Liaison needs Python 3.11 or newer; install it and run make again."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Liaison needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Set PYTHON=python3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt install python3-venv)."; exit 1; }

$(RUN_READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Liaison ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements-dev.lock $(RUN_READY)
	@echo "Installing the tools for tests ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# What is measured beside the tenant stays out of the environment of the product.
$(BENCH_READY): requirements-bench.lock | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

$(ASSETS_READY): package.json package-lock.json src/liaison/web/assets/build.mjs
	@command -v npm >/dev/null || { echo "Liaison needs Node 20 or newer with npm for its pages; install it and run make again."; exit 1; }
	@npm ci --omit=dev --silent --no-audit --no-fund
	@node src/liaison/web/assets/build.mjs
	@touch $@

# The tests also drive the local tenant with npm clients; demo and serve do without them.
$(JUDGES_READY): $(ASSETS_READY)
	@npm ci --silent --no-audit --no-fund
	@node src/liaison/web/assets/build.mjs
	@touch $(ASSETS_READY) $@

.PHONY: chromium
chromium:
	@PATH="$$PATH" ./tests/browser/chromium.sh
