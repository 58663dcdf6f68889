# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Short names for the sessions of noxfile.py; `make test` runs most of them, as many in parallel as there are cores.
# PYTHON=python3.13 make … chooses the interpreter for .venv (3.11 or newer); make contract ARGS="-k fuzz" hands arguments to pytest.
# CORES=all make … repeats with every ansible-core what is otherwise run with the oldest and the newest, and all of sanity with each.
# WARM=0 make … starts every ansible-playbook of the tests in a process of its own, not by a fork of one that has its libraries.

PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
export CORES
export WARM

# The releases of ansible-core that `make test` runs with, and the one in .venv, with which it runs everything.
TESTED := 2.22 2.21 $(if $(filter all,$(CORES)),2.20) 2.19 2.18
MAIN = $(basename $(patsubst ansible_core-%.dist-info,%,$(notdir $(wildcard .venv/lib/python*/site-packages/ansible_core-*))))
# Stages that leave cores idle run in parallel, the most likely to fail first. Then those that keep all cores busy run one by one.
BESIDE = lint units $(TESTED:%=sanity-%) faults $(patsubst %,matrix-%,$(filter-out $(MAIN),$(TESTED))) importer browser docs contract property simulator-test
ALONE := integration redaction docs-test

help:            ## list the targets; * marks what is not part of `make test`
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile
demo: venv       ## a partner's state on both platforms, from nothing, against the simulator *
	@.venv/bin/python scripts/demo.py
test: venv       ## everything below except what is marked *
	@rm -rf .cache/logs .cache/junit
	@mkdir -p .cache/logs && touch .cache/logs/.started
	@$(MAKE) --no-print-directory -k -j$(JOBS) -O LOGGED=1 $(BESIDE) || true
	@$(MAKE) --no-print-directory -k LOGGED=1 $(ALONE) || true
	@.venv/bin/python scripts/summary.py $(BESIDE) $(ALONE)
release: venv    ## tarball, SBOM and signed checksums in dist/; ARGS=--changelog writes the changelog instead *
	@.venv/bin/python scripts/release.py $(ARGS)
lock: venv       ## lock the requirements of the tests and of the example, with hashes *
	@.venv/bin/python scripts/lock.py
ee: venv         ## build the execution environment and converge in it against the simulator *
	@.venv/bin/python scripts/execution_environment.py $(ARGS)
clean:           ## remove all that was set up *
	rm -rf .cache .venv .nox .mypy_cache .ruff_cache .pytest_cache .ansible
venv:
	@$(PYTHON) scripts/environment.py ensure main >/dev/null

SESSIONS = $@
setup: SESSIONS := chromium     ## set up what all the others need: .venv, a browser *
quick: SESSIONS := ruff mypy units   ## ruff, mypy and the unit tests: under a minute *
lint: SESSIONS := ruff mypy text yamllint docs-check license-check extra-checks ansible-lint   ## ruff, mypy, yamllint, ansible-lint, docs, licences, changelog, spelling, prose
units:           ## unit tests with coverage (floor 93 %)
simulator-test:  ## the simulated vendors do what the real ones are known to do
contract:        ## the OpenAPI descriptions, the simulator and the clients agree
integration:     ## playbooks against the simulator, on this ansible-core
faults:          ## lost responses, resets, rate limits, bad inputs; where secrets go and what files are trusted
property:        ## random sequences of runs and failures: nothing is doubled or lost
redaction:       ## no secret in any output, file or process list
browser: SESSIONS := chromium browser   ## the report and the PWA snippets in a real browser
docs:            ## the documentation as a web site, in .cache/site
docs-test:       ## run the commands of every page, lint and run every example
matrix: SESSIONS := $(patsubst %,matrix-%,2.18 2.19 2.20 2.21 2.22)   ## unit tests and smoke runs over ansible-core 2.18 to 2.22
sanity: SESSIONS := $(TESTED:%=sanity-%)   ## ansible-test sanity with the newest ansible-core, what depends on it with the others
importer: SESSIONS := build-import-check install   ## the tarball: galaxy-importer, and an installation in an empty folder
bench:           ## how long many resources take; 20 runs at once; 5000 tenants *
soak:            ## 20 minutes of work, with memory and open files level (SOAK_MINUTES) *
nox: SESSIONS := lint docs-check license-check extra-checks build-import-check ansible-lint   ## the sessions of antsibull-nox.toml *

CORE_STAGES := $(foreach core,2.18 2.19 2.20 2.21 2.22,matrix-$(core) sanity-$(core))
STAGES := setup quick lint units simulator-test contract integration faults property redaction browser docs docs-test matrix sanity importer bench soak nox
.PHONY: help demo test release lock ee clean venv $(STAGES) $(CORE_STAGES)

# In `make test` what a stage prints goes to .cache/logs, and is shown as a whole when the stage has ended.
LOG = .cache/logs/$@
$(STAGES) $(CORE_STAGES): venv
	@$(if $(LOGGED),+echo "▶ $@",true)
	@.venv/bin/nox $(if $(LOGGED),--report $(LOG).json) -s $(SESSIONS) -- $(ARGS) $(if $(LOGGED),>$(LOG).log 2>&1; code=$$?; cat $(LOG).log; exit $$code)
