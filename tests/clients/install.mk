# The npm packages that the tests use as clients, and to generate code with, as their lock files pin them. Their own
# install scripts are not run.
CLIENTS := $(patsubst %,tests/%/node_modules/.package-lock.json,clients codegen oidc)

.PHONY: clients lock-clients clean-clients

clients: $(CLIENTS)

$(CLIENTS): tests/%/node_modules/.package-lock.json: tests/%/package-lock.json | $(GRAPHIQL)
	@echo "Installing the npm packages of tests/$*"
	@$(if $(HAS_NODE),,export PATH="$(abspath $(BIN)):$$PATH";) \
	npm --prefix tests/$* --loglevel=error --no-audit --no-fund --no-update-notifier ci --ignore-scripts --prefer-offline
	@touch $@

lock: lock-clients

lock-clients:
	for folder in clients codegen oidc; do \
	  npm --prefix tests/$$folder --loglevel=error --no-audit --no-fund --no-update-notifier install --package-lock-only || exit; \
	done

clean: clean-clients

clean-clients:
	rm -rf tests/clients/node_modules tests/codegen/node_modules tests/oidc/node_modules
