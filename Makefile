# Every target sets up what it needs first and may be repeated. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test story mutants faults security bench check docs lock clean

PYTHON ?= python3
export PYTHON
TESTS ?=
RUN := .venv/bin

help:
	@echo "make demo     set up and serve a demo company on http://127.0.0.1:8400"
	@echo "make test     set up and run all tests (TESTS='tests/house -k settings' for some)"
	@echo "make story    run a technician's whole day against the running demo"
	@echo "make sim      500 simulated companies under all weather: nothing may be lost (SEEDS=20 for fewer)"
	@echo "make mutants  break the code on purpose and see each invariant's test go red"
	@echo "make faults   kill, cut, fill and restart real servers under load, and measure how soon they are back"
	@echo "make security look twenty times as long for what a stranger can break"
	@echo "make bench    measure beside references and other products, each on one core (a quarter of an hour)"
	@echo "make check    style, types, import contracts, and drift of everything generated"
	@echo "make setup    install what all of these need into .venv"
	@echo "make docs     write the generated pages anew"
	@echo "make lock     choose newer dependencies and lock them with hashes"
	@echo "make clean    remove .venv and caches; var/ with the demo's data stays"

setup:
	@tools/setup.sh all

demo:
	@tools/setup.sh core
	@$(RUN)/doorstep demo

test: setup
	@$(RUN)/python -m tools.ensure_postgres
	@$(RUN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal $(TESTS)

story: setup
	@$(RUN)/python -m tests.story

SEEDS ?= 500
sim: setup
	@$(RUN)/python -m tools.ensure_postgres
	@$(RUN)/python -m sim --seeds $(SEEDS) --ops 400 --db mix --jobs 2 --json $(if $(filter 500,$(SEEDS)),--cover)

mutants: setup
	@$(RUN)/python -m tests.mutants

faults: setup
	@$(RUN)/python -m tools.ensure_postgres
	@$(RUN)/python -m tests.faults

security: setup
	@DOORSTEP_SECURITY_EXAMPLES=20 $(RUN)/python -m pytest --timeout=1800 tests/security

bench: setup
	@$(RUN)/python -m tools.ensure_postgres
	@$(RUN)/python -m bench

check: setup
	@$(RUN)/python -m tools.check

docs: setup
	@$(RUN)/python -m server.settings > docs/settings.md
	@$(RUN)/doorstep policies --markdown > docs/merge-policies.md
	@$(RUN)/doorstep clocks --markdown > docs/clock-rules.md
	@$(RUN)/python -m openapi.export

lock: setup
	@tools/lock.sh

clean:
	@echo "clean: removing .venv, tests/npm/node_modules and caches; var/ stays"
	@rm -rf .venv tests/npm/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
