# Every target makes .venv first when it is absent or when the project's requirements changed.
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= templates/projects/tenacious/bench.yaml
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test slow check lint types schemas bench clean help

help:  ## Say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "benchwright needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 3; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing about 100 packages into .venv (2 GB, one to two minutes) ..."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: .venv/.installed  ## Build the demo benchmark into outputs/
	$(BIN)/benchwright build $(CONFIG) --output outputs
	$(BIN)/benchwright manifest verify outputs/tenacious-bench/0.1.0

test: .venv/.installed  ## Run the tests, without the slow ones
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m 'not slow'

slow: .venv/.installed  ## Run the slow tests
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m slow

check: lint types test slow  ## Lint, types and all tests

lint: .venv/.installed  ## ruff: lint and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed  ## mypy --strict over the package
	bash .ci/link_tree.sh
	MYPYPATH=.typing $(BIN)/mypy -p benchwright

schemas: .venv/.installed  ## Export the JSON Schemas of the records
	$(BIN)/python -m benchwright.pipeline.schemas core/schemas

bench: .venv/.installed  ## Run every benchmark and print its figures
	@for file in tests/benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean:  ## Remove what was built; .venv, paid replies (ledgers) and people's answers stay
	find outputs -mindepth 2 -maxdepth 2 ! -name 'ledger.sqlite*' ! -name '*.review.sqlite*' \
	  -exec rm -rf {} +
	rm -rf .typing build *.egg-info .pytest_cache .mypy_cache .ruff_cache
