# Each target sets up what it needs in .venv by itself; nothing else of the machine is touched.
PYTHON ?= python3
BIN := .venv/bin
ARTICLE := tests/data/article/article.ar.txt

.PHONY: article test test-slow check fix bench golden picture wheel clean

article: .venv/.run        ## translate the example article into out/article/
	$(BIN)/dragoman translate $(ARTICLE) -o out

test: .venv/.dev           ## the fast tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: .venv/.slow     ## the slow ones: browser, wheel, official clients, Ray, learning
	$(BIN)/python -m pytest -m slow

check: .venv/.dev          ## style, types, architecture, termbases
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py
	$(BIN)/dragoman terms lint

fix: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev          ## every table of tests/bench/README.md (long)
	$(BIN)/python -m tests.bench

golden: .venv/.dev         ## rewrite the golden files; read the diff before you commit it
	$(BIN)/python -m pytest --update-golden

picture: .venv/.dev        ## photograph the review page and a term's effect (needs Chromium)
	$(BIN)/python -m tests.picture

wheel: .venv/.dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf .venv build dist out *.egg-info

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/.run

.venv/.slow: .venv/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,batch,ray,train]'
	touch $@
