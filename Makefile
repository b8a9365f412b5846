# Two commands need nothing before them on a machine with Python 3.11 and make: `make serve` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
BROWSER := $(VENV)/browser
TESTED := $(VENV)/tested
SOURCES := assistant corpus docs eval/*.jsonl eval/*.toml tests pyproject.toml requirements Makefile
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help install serve test check eval bench picture lock wheel clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## the virtual environment with every pinned dependency

$(INSTALLED): requirements/torch.txt requirements/lock.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/torch.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/lock.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

serve: $(INSTALLED) ## install, build the index, start the chat and the API on http://127.0.0.1:8000 (or PORT=)
	$(BIN)/chapterverse serve --host $(HOST) --port $(PORT)

test: $(INSTALLED) $(BROWSER) ## install and run every test
	$(BIN)/pytest -n 3 --dist loadfile
	@touch $(TESTED)

# A browser for the page's tests: installed where it is missing and we may; elsewhere those tests say why they skip.
# The headless shell is Chromium without the windows, and half the work for two cores.
$(BROWSER): $(INSTALLED)
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null; } \
	  || echo "no chromium here and no way to install it: the page's tests will be skipped"
	@touch $@

check: $(INSTALLED) ## format, lint, types, import contracts and the quick tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -e $(TESTED) ] && [ -z "$$(find $(SOURCES) -type f -newer $(TESTED) ! -path '*/__pycache__/*' -print -quit)" ]; \
	then echo "every test has passed on these files"; else $(BIN)/pytest -n 3 --dist loadfile -m "not slow"; fi

eval: $(INSTALLED) ## run the question sets; fails below a gate
	$(BIN)/chapterverse build
	$(BIN)/chapterverse eval

bench: $(INSTALLED) ## speed and memory, as ratios to bare encode-and-search; fifty conversations at once
	$(BIN)/python eval/bench.py --output eval/bench.json
	$(BIN)/chapterverse build
	$(BIN)/python eval/crowd.py --output eval/crowd.json

picture: $(INSTALLED) $(BROWSER) ## docs/picture.png: the page, answering
	$(BIN)/python docs/take_picture.py

lock: ## resolve the dependencies anew
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --unsafe-package torch --strip-extras --extra dev --extra postgres \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate -o requirements/lock.txt \
	  pyproject.toml requirements/torch.txt

wheel: $(INSTALLED) ## dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

clean: ## remove what was built, but not the virtual environment
	rm -rf dist build index/versions index/encoders index/current .mypy_cache .ruff_cache .pytest_cache .hypothesis
