# Everything a developer runs. Needs Python 3.11 or newer; the rest is fetched into .venv and node_modules.
PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header
# Settings like production's, with a key that is as good as any for a check. There is no database, which Django only
# warns about.
LIKE_PRODUCTION := SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
        SITE_URL=https://integration2024.example

.PHONY: help demo test check faults bench lock messages ready clean
.SILENT:

help: ## Say what can be made
	sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 17

demo: ready ## Run everything on this machine and print the address (PORT=8123, DEMO_NOW=2024-11-14T08:00+02:00)
	$(BIN)/python -m integration2024.local.libraries
	exec $(BIN)/python -m integration2024.local

test: ready ## Run all tests, browser journeys included (ARGS="-k badge" for some)
	$(BIN)/python -m integration2024.local.libraries --browser
	$(BIN)/python -m integration2024.local.catalogues
	$(BIN)/pytest -n 2 $(ARGS)

check: ready ## Check style, types, layers, templates, migrations and settings, in seconds
	$(BIN)/python -m integration2024.local.libraries
	$(BIN)/python -m integration2024.local.catalogues
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/hadolint Dockerfile
	if command -v docker-compose >/dev/null; then SITE_URL=https://x.example MAIL_FROM=x docker-compose config --quiet; \
	    else echo "docker-compose is not installed: tests/test_compose.py alone reads docker-compose.yml."; fi
	DEMO=1 $(BIN)/mypy
	$(LIKE_PRODUCTION) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(LIKE_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

faults: ready ## Inject every fault at full size and print the figures (tests/faults)
	$(BIN)/python -m integration2024.local.libraries --browser
	FAULTS=full $(BIN)/pytest tests/faults -s $(ARGS)

bench: ready ## Measure and print the figures (benchmarks)
	$(BIN)/python -m integration2024.local.libraries
	$(BIN)/python -m benchmarks.run $(ARGS)

lock: ready ## Pin the dependencies anew (UPGRADE=--upgrade takes newer releases)
	$(LOCK) $(UPGRADE) pyproject.toml -o requirements/base.txt
	$(LOCK) $(UPGRADE) pyproject.toml --all-extras -c requirements/base.txt -o requirements/dev.txt
	echo uv | $(LOCK) - -c requirements/dev.txt -o requirements/uv.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm install --package-lock-only

messages: ready ## Write new texts into the catalogues locale/*/LC_MESSAGES/django.po, to be translated (needs gettext)
	$(LIKE_PRODUCTION) $(BIN)/python manage.py makemessages -l fi -l sv --no-obsolete --no-wrap --add-location file \
	    -i node_modules -i .venv -i var -i tests -i benchmarks

clean: ## Remove the demo's data; the next start begins anew
	rm -rf "$$(readlink -f var/postgres)" var

ready: .venv/ready node_modules/ready

.venv/ready: requirements/dev.txt requirements/uv.txt
	echo "Python packages …"
	$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or newer is needed.')"
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install -qq --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	touch $@

node_modules/ready: package-lock.json | .venv/ready
	echo "Fonts and scripts …"
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --loglevel=error >/dev/null
	touch $@
