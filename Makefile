# The whole of the set-up is `make setup`: the locked environment in .venv, made by uv, which is fetched when it is not
# there (pinned and hashed in uv.lock).
# Every other target builds on it, so `make demo` and `make test` work on a machine that has Python 3.11+, git and make.

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := .venv/bin/
JOBS ?= auto

.PHONY: help setup demo test servers lint format types imports quality eval bench pictures payloads wheel ci clean docs

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / — /' | sort

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Jobbfyr needs Python 3.11 or newer, this is %s" % sys.version.split()[0])'
	@$(PYTHON) .ci/get_uv.py $@

# The second try is for networks whose proxy has a certificate of its own, which only the system knows.
.venv/.made: pyproject.toml uv.lock | $(filter .uv/bin/uv,$(UV))
	$(UV) sync --locked --quiet --compile-bytecode || UV_SYSTEM_CERTS=1 $(UV) sync --locked --quiet --compile-bytecode
	@$(RUN)python -m compileall -q aggregator publishers spiders
	@touch $@

setup: .venv/.made ## put the locked environment in .venv

demo: setup ## run the main job against a region on this machine and leave it in demo-out/
	$(RUN)jobbfyr demo --out demo-out --force

test: setup ## run the tests (those that need a real server skip when it is not there)
	$(RUN)pytest -n $(JOBS) --dist loadgroup -q

servers: setup ## install what the real-server tests need (Debian packages and npm packages; asks for root where Debian's are missing)
	bash tests/support/servers.sh

lint: setup ## ruff's rules and format
	$(RUN)ruff check .
	$(RUN)ruff format --check .

format: setup ## let ruff format the tree
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

types: setup ## mypy, strict
	$(RUN)mypy

imports: setup ## the import contract
	$(RUN)lint-imports

docs: setup ## write the generated pages of docs/ anew
	$(RUN)python -m docs.generate

quality: setup ## print the quality of tagging and dedupe per axis
	$(RUN)python -m benchmarks.quality
	$(RUN)python -m benchmarks.quality_contacts

EVAL ?= ../shared/eval
eval: setup ## measure tagging, dedupe and detection on labelled cases kept elsewhere: make eval EVAL=…; skips what is not there
	$(RUN)python -m benchmarks.quality_titles sv $(EVAL)/titles_sv_dev.csv
	$(RUN)python -m benchmarks.quality_titles en $(EVAL)/titles_en_dev.csv
	$(RUN)python -m benchmarks.quality_dedupe $(EVAL)/dedupe_dev.jsonl.gz $(EVAL)/dedupe_dev_labels.csv
	$(RUN)python -m benchmarks.quality_detect $(EVAL)/boards_dev.csv

pictures: demo ## make the README's pictures from the demo (needs Chromium)
	$(RUN)python -m docs.pictures demo-out

bench: setup ## speed beside what a user would pick instead, as ratios
	$(RUN)python -m benchmarks

DIR ?= ../shared/payloads
payloads: setup ## run every kind over a folder of real payloads: make payloads DIR=…; skips when it is not there
	$(RUN)python -m tests.payloads $(DIR)

wheel: setup ## build the wheel and try it from an empty folder
	bash tests/support/wheel.sh

ci: ## all that must hold
	bash .ci/run

clean: ## take away what was made
	rm -rf .venv .uv demo-out dist build .pytest_cache .mypy_cache .ruff_cache
