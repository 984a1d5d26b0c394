# Provisor's daily commands. `make help` lists them.
.DEFAULT_GOAL := help
BIN := .venv/bin

# Whoever starts Python a thousand times wants it compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup install run test verify faults coverage bench check format lock clean

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Make .venv with everything the product and its tests need.

# --no-deps: the lock is complete, and pip, where it resolves, wants the newest of an extra.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps
# Asks for pip: where Debian lacks python3-venv, an environment without it is left behind.
VENV := $(BIN)/python -m pip --version >/dev/null 2>&1 || python3 -m venv .venv

.venv/.ready: requirements.lock pyproject.toml
	$(VENV)
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-build-isolation --editable .
	install -d -m 700 instance
	touch $@

install: ## Make .venv with what serves alone, for production.
	$(VENV)
	$(PIP) --require-hashes --requirement deploy/requirements.lock
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock > .venv/setuptools.lock
	$(PIP) --require-hashes --requirement .venv/setuptools.lock
	$(PIP) --no-build-isolation --editable .

run: setup ## Serve on http://127.0.0.1:5000 (PROVISOR_HOST and PROVISOR_PORT change it).
	@exec $(BIN)/provisor serve

test: setup ## Run every test, on SQLite, PostgreSQL and in a browser.
	@tests/install-services
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(ARGS)

verify: setup ## Run the tests at their full sizes.
	@tests/install-services
	PROVISOR_VERIFY=1 $(BIN)/pytest -m sized $(ARGS)

faults: setup ## Kill, pause, fill and cut off everything, for an hour.
	@tests/install-services
	PROVISOR_VERIFY=1 $(BIN)/pytest tests/faults $(ARGS)

coverage: setup ## Say which branches no test in this process takes.
	@tests/install-services
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage report

bench: setup ## Measure beside scim2-flask and a constant route; ARGS="--help" lists options.
	@benchmarks/install-services
	$(BIN)/python -m benchmarks $(ARGS)

check: setup ## Lint, types and architecture: what must hold before a commit.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Format the code.
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: ## Pin every dependency by hash, and in deploy/ those that serve (needs uv).
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --output-file requirements.lock
	uv pip compile pyproject.toml --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --output-file deploy/requirements.lock

clean: ## Remove what the commands above made; the data in instance/ stays.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build *.egg-info
