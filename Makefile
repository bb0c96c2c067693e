# Each recipe is one line of truth; CI runs the same ones.
# Python >= 3.11 and make are all that is needed: `make` brings uv into a virtual environment of its own.
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help install web web-check demo test check format docs lock bench lighthouse fuzz fuzz-guided mutation chaos chaos-alerts screenshots influxd telegraf toxiproxy clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(UV):
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.installed: $(UV) requirements.lock pyproject.toml
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements.lock -e .
	@touch $@

.venv/.native: .venv/.installed native/build.sh native/Cargo.toml native/Cargo.lock native/pyproject.toml native/quanyan_native.pyi $(wildcard native/src/*.rs)
	@bash native/build.sh $(UV)

install: .venv/.installed .venv/.native ## install the locked dependencies into .venv, and compile the hot path where Rust is there

web/node_modules/.installed: $(UV) web/package-lock.json
	cd web && PATH="$$(bash ../tools/web/node.sh):$$PATH" npm ci --no-progress --silent
	@touch $@

web/dist/index.html: web/node_modules/.installed docs/openapi.json $(shell find web/src web/public api/said -type f 2>/dev/null) web/index.html web/vite.config.ts
	cd web && PATH="$$(bash ../tools/web/node.sh):$$PATH" npm run --silent build

web: web/dist/index.html ## build the page (brings Node from a Python wheel where it is missing)

web-check: web/node_modules/.installed ## types, lint and unit tests of the page
	cd web && PATH="$$(bash ../tools/web/node.sh):$$PATH" npm run --silent check

demo: install web ## run everything on embedded parts, with a simulated city
	$(BIN)/quanyan demo

test: install web ## every test; brings up a real Mosquitto, InfluxDB 2 and PostgreSQL where it can
	$(BIN)/python -m compileall -q -j 0 api app domain ingest notify rules simulators store tests
	$(BIN)/python -m tests.support.servers
	$(BIN)/pytest -n auto

check: install ## formatting, lint, types, import arrows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	bash native/check.sh

format: install ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install ## write the generated pages of docs/ anew
	$(BIN)/python -m docs.kinds
	$(BIN)/python -m docs.names
	$(BIN)/python -m api.openapi

screenshots: install web ## write the README's screenshots from a running demo
	$(BIN)/python -m docs.screenshots

lock: $(UV) ## write the locks of Python's dependencies anew
	$(UV) pip compile pyproject.toml --extra otel --group dev --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet -o requirements.lock
	$(UV) pip compile tools/atheris/requirements.in --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet -o tools/atheris/requirements.lock

bench: install ## benchmarks against a bare baseline of the same run
	$(BIN)/python -m benchmarks

tools/lighthouse/node_modules/.installed: $(UV) tools/lighthouse/package-lock.json
	cd tools/lighthouse && PATH="$$(bash ../web/node.sh):$$PATH" npm ci --no-progress --silent
	@touch $@

lighthouse: install web tools/lighthouse/node_modules/.installed ## Google's judge of pages against a running demo; fetched when first asked for
	PATH="$$(bash tools/web/node.sh):$$PATH" $(BIN)/python -m benchmarks.lighthouse

chaos-alerts: install ## SIGKILL the service at random instants while rules are pending: ROUNDS=200 SEED=1
	$(BIN)/python -m tests.chaos.alerts --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1)

chaos: install ## all that can fail does, at random instants under load: ROUNDS=100 SEED=1; goes on where it ended
	$(BIN)/python -m tests.chaos.readings --rounds $(or $(ROUNDS),100) --seed $(SEED)

mutation: install ## change a package a little at a time and see whether its tests notice: PACKAGE=rules/standards (TESTS=, SAMPLE=, SEED=)
	$(BIN)/python -m tests.mutation $(PACKAGE) $(if $(TESTS),--tests $(TESTS)) --sample $(or $(SAMPLE),0) --seed $(or $(SEED),1)

CASES ?= 1000000
SEED ?= 1
fuzz: install ## so many cases against codecs, topics, settings, line protocol and API bodies (CASES=, SEED=)
	$(BIN)/python -m tests.fuzz --cases $(CASES) --seed $(SEED)

fuzz-guided: install ## the same targets, cases chosen by the code they reach (Atheris, fetched when first asked for)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r tools/atheris/requirements.lock
	$(BIN)/python -m tests.fuzz.guided --cases $(CASES) --seed $(SEED)

influxd: ## build a real InfluxDB 2 server into the user's cache (Go and Cargo, about five minutes)
	bash tools/influxd/build.sh

telegraf: ## build Telegraf, the peer of the benchmark, into the user's cache (Go, about a minute)
	bash tools/telegraf/build.sh

toxiproxy: ## build Toxiproxy, the failing network of the chaos suite, into the user's cache (Go, a minute)
	bash tools/toxiproxy/build.sh

clean: ## remove what make made
	rm -rf native/target .venv .uv .node web/node_modules tools/lighthouse/node_modules web/dist web/src/api/schema.d.ts .mypy_cache .ruff_cache .pytest_cache .hypothesis .chaos benchmarks/results
