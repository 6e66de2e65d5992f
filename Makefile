# Paths stay relative, so that a checkout may lie anywhere, with spaces and æøå in its name.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
VENV = $(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
	echo "Python's venv is missing: apt-get install python3-venv." >&2; exit 1; }
BROWSER ?= 1
# Production-like settings for the checks that look at them; nothing connects.
PRODUCTION = SECRET_KEY=only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	SITE_URL=https://faellesby.example DATABASE_URL=postgres://nobody@127.0.0.1/nothing DEMO=0

.PHONY: run test lint types checks pytest quality bench bench-desk messages lock clean help

help:
	@echo "make run   set up everything and serve the site on PORT (8000)"
	@echo "make test  set up everything and run every check (BROWSER=0 leaves the browser out)"

run: .venv/.installed
	@exec .venv/bin/python -m directory.run

# Made anew where an earlier attempt stopped half way.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed." >&2; exit 1; }
	$(VENV)

.venv/.installed: requirements.txt | .venv/bin/python
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { $(VENV); }
	$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt | .venv/bin/python
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { $(VENV); }
	$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.installed

test: .venv/.installed-dev
	@{ [ "$(BROWSER)" = 0 ] || command -v chromium || command -v chromium-browser || \
		command -v google-chrome; } >/dev/null || { echo "The browser tests need Chromium:" \
		"apt-get install chromium (or leave them out: make test BROWSER=0)." >&2; exit 1; }
	@command -v xgettext >/dev/null || { echo "The translation test needs GNU gettext: apt-get install gettext." >&2; exit 1; }
	@$(MAKE) --no-print-directory lint types checks pytest

lint: .venv/.installed-dev
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m djlint templates --lint --quiet

types: .venv/.installed-dev
	.venv/bin/python -m mypy manage.py directory enterprises

checks: .venv/.installed-dev
	@.venv/bin/python -c "from directory.run import compile_messages; compile_messages()"
	$(PRODUCTION) .venv/bin/python manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) .venv/bin/python -W ignore manage.py makemigrations --check --dry-run

pytest: .venv/.installed-dev
	.venv/bin/python -m pytest $(if $(filter 0,$(BROWSER)),-m "not browser") $(ARGS)

# How good the search is, by the queries in tests/search judged by hand.
quality: .venv/.installed-dev
	.venv/bin/python -m tests.search $(ARGS)

# How fast the site is on generated cities, in ratios to an empty view (ARGS="--sizes 1000,10000 --write-readme").
bench: .venv/.installed-dev
	.venv/bin/python -m tests.bench $(ARGS)

# How fast the desk's lists are on a generated city with so much waiting (ARGS="--size 10000 --waiting 2000").
bench-desk: .venv/.installed-dev
	.venv/bin/python -m tests.bench.desk $(ARGS)

# Read the strings anew into directory/locale/en; translate what is empty there.
messages: .venv/.installed-dev
	$(PRODUCTION) .venv/bin/python manage.py makemessages --locale en --no-obsolete --no-wrap --add-location file --ignore '.venv/*'

# The lock files hold versions and hashes only; uv is the one tool that resolves for every platform at once.
lock:
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
