# Everything sets itself up: `make demo` and `make test` work in a fresh clone with Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools
export DO_NOT_TRACK := 1

.PHONY: demo test check setup system clean

demo: $(VENV)/.ready  ## the main job on the shipped content, offline; ARGS=--once ends by itself
	@$(BIN)/pipeline demo $(ARGS)

test: $(TOOLS)/.ready system  ## every test, with the tools and system packages that they start
	PIPELINE_TEST_TOOLS=required $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(VENV)/.ready-dev  ## lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

system:
	@sh .ci/system-packages

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=…" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; takes a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Lighthouse, axe-core and the Nu HTML checker, by the Node.js of the development environment.
$(TOOLS)/.ready: tests/standards/package.json | $(VENV)/.ready-dev
	@echo "Installing Lighthouse, axe-core and the Nu HTML checker into $(TOOLS) (once) …"
	@mkdir -p $(TOOLS)
	@cp $< $(TOOLS)/package.json
	@$(BIN)/npm install --prefix $(TOOLS) --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) .pipeline public
