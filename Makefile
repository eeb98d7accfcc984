# Everything a newcomer needs: `make run`, `make test`. See README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The first target stays `run`: this is what `make` alone does.
.DEFAULT_GOAL := run

include graphiql/build.mk
include tests/clients/install.mk
include tests/clients/browser.mk

# The public contract's own check, for those who have it.
CONTRACT := $(wildcard ../shared/api/check_contract.py)

.PHONY: run test check bench lock clean redis-server slapd

run: $(VENV)/.run $(GRAPHIQL)
	@exec $(BIN)/tablegraph run

# One process more than there are cores: some tests wait for most of their time. What fails is run again by itself, and
# the run fails if that does: beside others, tests of times and of killed processes may wait for longer than they may.
test: $(VENV)/.dev $(GRAPHIQL) $(CLIENTS) browser redis-server slapd
	$(BIN)/pytest -n $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --dist worksteal || \
		{ [ $$? = 1 ] && $(BIN)/pytest --last-failed --last-failed-no-failures none; }

# The tests of the bus need a Redis or Valkey of their own; where there is none and none can be had, they say so.
redis-server:
	-@command -v redis-server >/dev/null || command -v valkey-server >/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server; }

# Those of directories need an OpenLDAP; where there is none and none can be had, they are skipped and say so.
slapd:
	-@PATH="$$PATH:/usr/sbin:/usr/libexec" command -v slapd >/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd ldap-utils; } || \
		echo "There is no slapd here, and none can be had: the tests of directories are skipped."

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/adapters/test_migrations.py  # alembic check, on a migrated database of the embedded server
	$(BIN)/tablegraph schema --check
	$(BIN)/tablegraph settings-docs --check
	$(BIN)/tablegraph formula-docs --check
	$(BIN)/tablegraph field-docs --check
	$(BIN)/tablegraph automation-docs --check
	$(if $(CONTRACT),$(BIN)/python -m tests.architecture.contract $(CONTRACT))

bench: $(VENV)/.dev
	$(BIN)/python -m bench

# The environment, made from the lock files; each stamp is older than the lock when the lock has changed.
$(VENV)/.run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

lock: $(VENV)/.dev
	$(INSTALL) uv
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11 pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11 --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) .cache dist
