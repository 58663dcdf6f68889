# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of one process share, their surroundings, and plain values."""

from __future__ import annotations

import datetime
import logging
import os
import warnings

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils import process
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain, surroundings

# -- plain values -----------------------------------------------------------------------------------------------------


class Tagged(str):
    """A value as ansible-core 2.19 returns it."""

    __slots__ = ()


class Vaulted:
    """A vaulted value as ansible-core 2.18 returns it: text that is decrypted on access."""

    def __str__(self) -> str:
        return "decrypted"


def test_plain_values():
    tagged = {Tagged("key"): [Tagged("x"), (1, True), {2.5}, None, Vaulted(), datetime.date(2026, 1, 2)]}
    found = plain(tagged)
    assert found == {"key": ["x", [1, True], [2.5], None, "decrypted", "2026-01-02"]}
    assert {type(key) for key in found} == {str}
    assert [type(value) for value in found["key"][:2]] == [str, list]
    assert plain({2: "a", True: "b", None: "c"}) == {"2": "a", "true": "b", "null": "c"}
    assert plain(True).__class__ is bool
    assert plain(type("Number", (int,), {})(5)).__class__ is int
    assert plain(type("Real", (float,), {})(5.5)).__class__ is float
    assert plain(datetime.time(1, 2)) == "01:02:00"


# -- surroundings -----------------------------------------------------------------------------------------------------


def test_surroundings_are_restored_after_an_error(monkeypatch):
    monkeypatch.setenv("KEPT", "before")
    log, level = logging.getLogger("urllib3"), logging.getLogger("urllib3").level

    def interrupted() -> None:
        with surroundings({"KEPT": "after", "NEW": "1"}):
            inside()
            raise KeyboardInterrupt

    def inside() -> None:
        assert os.environ["KEPT"] == "after"
        assert log.level == logging.CRITICAL  # urllib3 logs URLs with their query
        with warnings.catch_warnings(record=True) as caught:
            warnings.warn("not verified", stacklevel=1)
        assert caught == []

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (os.environ["KEPT"], "NEW" in os.environ, log.level) == ("before", False, level)


# -- the run context --------------------------------------------------------------------------------------------------


def test_items_of_a_loop_share_one_context(make, tmp_path):
    first, second = make(), make()
    first.run()
    second.run()
    context = first.tasks[0].context
    assert second.tasks[0].context is context
    context.store.put("key", {"seen": "by other workers"})
    assert RunContext(str(tmp_path)).store.peek("key") == {"seen": "by other workers"}


def test_a_forked_worker_gets_a_context_of_its_own(make, monkeypatch):
    first, second = make(), make()
    first.run()
    monkeypatch.setattr(process.os, "getpid", lambda: -1)
    second.run()
    assert second.tasks[0].context is not first.tasks[0].context
    assert len(process._CONTEXTS) == 1
