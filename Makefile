# Two commands to know: `make demo` shows what Copydesk does, `make test` shows that it does it.
# Python 3.11 or newer, Java 17 and Maven are all that must be there; the rest is made in .venv and .local.
# An optimised one where there is one: deploy/python.sh.
PYTHON ?= $(shell deploy/python.sh)
BIN := .venv/bin
READY := .venv/.ready
MINUTES ?= 30
SEED ?= 7
JOBS ?= 2
# Files of tests, so many at a time, in the order of tests/conftest.py; each of the workers has a Kafka of its own.
AT_ONCE := -n $(JOBS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-system faults lint format bench versus lock check-deploy check-image docs sbom clean

help:
	@echo 'make demo         Kafka, the three stages, sample articles, and what came of them'
	@echo 'make test         the tests, JOBS=2 at a time; those in tests/system start a real Kafka'
	@echo 'make test-long    the tests of minutes each, which make test leaves out: thousands of dead letters'
	@echo 'make test-system  those of tests/system, long or not; TESTS=name for some of them: replay has redrive, tail and reader with it'
	@echo 'make faults       faults on a real Kafka, at random, and what was lost; MINUTES=30 SEED=7 REPORT=file.md BROKERS=3'
	@echo 'make lint         ruff, mypy, import-linter'
	@echo 'make bench        benchmarks that print ratios'
	@echo 'make versus       Copydesk beside the usual stack (Quix Streams, spaCy ...) on one Kafka'
	@echo 'make check-deploy the files of deploy/, with the linters of their kinds'
	@echo 'make check-image  what the Dockerfile does, done and run without an engine'
	@echo 'make docs         the documentation, into build/docs; a broken link is an error'
	@echo 'make sbom         bill of materials and licences, into build/'
	@echo 'make lock         resolve the locked requirements anew'
	@echo 'make clean        stop the local Kafka and remove all that was made here'

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/copydesk compile
	@touch $@

demo: $(READY)
	@$(BIN)/copydesk demo

test: $(READY)
	$(BIN)/pytest $(AT_ONCE)

test-long: $(READY)
	$(BIN)/pytest $(AT_ONCE) -m long

test-system: $(READY)
	$(BIN)/pytest $(AT_ONCE) tests/system -m '' -k '$(TESTS)'

faults: $(READY)
	@$(BIN)/python -m tests.faults --minutes $(MINUTES) --seed $(SEED) $(if $(BROKERS),--brokers $(BROKERS)) $(if $(REPORT),--report '$(REPORT)')

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python bench/hop.py
	$(BIN)/python bench/stages.py
	$(BIN)/python bench/cleaning.py
	$(BIN)/python bench/linear.py
	$(BIN)/python bench/tagging.py
	$(BIN)/python bench/counting.py
	$(BIN)/python bench/dedup.py
	$(BIN)/python bench/replay.py
	$(BIN)/python bench/diff.py

versus: $(READY)
	$(BIN)/python -m bench.versus $(ARGUMENTS)

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --group build --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -c requirements-dev.lock -o requirements-build.lock
	$(BIN)/uv pip compile --group deploy --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -o requirements-deploy.lock
	$(BIN)/uv pip compile --group docs --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -o requirements-docs.lock
	$(BIN)/uv pip compile --group plots --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -o requirements-plots.lock
	$(BIN)/uv pip compile --group versus --quiet --no-header --no-emit-index-url --universal --python-version 3.11 --generate-hashes -o requirements-versus.lock

check-deploy: $(READY)
	$(BIN)/python deploy/check/manifests.py $(STRICT)

check-image: $(READY)
	$(BIN)/python deploy/check/image.py

docs: $(READY)
	$(BIN)/python docs/build.py

sbom: $(READY)
	$(BIN)/python deploy/check/sbom.py

clean:
	@if [ -d .local/kafka ]; then $(PYTHON) deploy/local/kafka.py wipe; fi
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
