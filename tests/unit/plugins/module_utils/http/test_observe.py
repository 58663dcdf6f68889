# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that ``-vvv`` shows for each request."""

from __future__ import annotations

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.tests.support.scripted import Script, read_timeout, refused
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import SECRET, failure, make, read


def test_each_try_has_a_line_without_its_query(api: Script, deadline: Deadline) -> None:
    lines: list[str] = []
    api.expect("GET", "auth").fails(refused())
    api.expect("GET", "auth").fails(read_timeout())
    api.expect("GET", "auth").json({}, 502)
    api.expect("GET", "auth").json({})
    make(observe=lines.append).send(read(), deadline)
    assert lines == [
        "GET /api/v8/auth: not sent (unreachable) in 0 ms, try 1 (ppp-admin.mobsted.com)",
        "GET /api/v8/auth: no usable response (timeout) in 0 ms, try 2 (ppp-admin.mobsted.com)",
        "GET /api/v8/auth: 502 in 0 ms, try 3 (ppp-admin.mobsted.com)",
        "GET /api/v8/auth: 200 in 0 ms, try 4 (ppp-admin.mobsted.com)",
    ]


def test_each_hop_of_a_redirect_has_a_line(api: Script, deadline: Deadline) -> None:
    lines: list[str] = []
    api.expect("GET", "auth").json({}, 302, Location=f"/api/v8/login?password={SECRET}")
    api.expect("GET", "login").json({})
    make(observe=lines.append).send(read(), deadline)
    assert [line.partition(" in ")[0] for line in lines] == ["GET /api/v8/auth: 302", "GET /api/v8/login: 200"]
    assert SECRET not in str(lines)


def test_an_interruption_has_a_line(api: Script, deadline: Deadline) -> None:
    lines: list[str] = []
    api.expect("GET", "auth").fails(KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        make(observe=lines.append).send(read(), deadline)
    assert lines == ["GET /api/v8/auth: interrupted in 0 ms, try 1 (ppp-admin.mobsted.com)"]


def test_nobody_has_to_listen(api: Script, deadline: Deadline) -> None:
    api.expect("GET", "auth").fails(refused())
    assert failure(lambda: make(retries=0).send(read(), deadline)).code == "unreachable"


def test_a_context_passes_lines_on_without_secrets(context: RunContext) -> None:
    context.secrets.add("a-secret")
    context.observe("GET /a-secret: 200")
    lines: list[str] = []
    context.trace = lines.append
    context.observe("GET /a-secret: 200")
    assert lines == ["GET /********: 200"]
