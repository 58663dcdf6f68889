# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# `make` lists what there is. Everything is done by scripts/; this only gives it short names.
# PYTHON=python3.13 make … chooses the interpreter for .venv (3.11 or newer).
# CORES=all make … does with every ansible-core what is else done with the oldest and the newest, and all of sanity with each.
# WARM=0 make … starts every ansible-playbook of the tests in a process of its own, not by a fork of one that has its libraries.

PYTHON ?= python3
export CORES
export WARM
CHECK := $(PYTHON) scripts/check.py

STAGES := quick lint units simulator-test contract integration faults property redaction browser docs docs-test matrix sanity importer bench soak nox

.DEFAULT_GOAL := help
.PHONY: help setup demo test release clean $(STAGES)

help:
	@$(CHECK) help

# Set up what all the others need: .venv, the link that makes the collection importable, a browser where that can be had.
setup:
	@$(CHECK) setup

demo:
	@$(PYTHON) scripts/demo.py

test:
	@$(CHECK) test

$(STAGES):
	@$(CHECK) $@

release:
	@$(PYTHON) scripts/release.py

clean:
	rm -rf .cache .venv .nox .mypy_cache .ruff_cache .pytest_cache .ansible
