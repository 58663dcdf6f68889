# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for failure messages, and the secrets to search for in anything shown."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES

#: Text of a library or of the wire that must never get into a message.
NOISE = re.compile(
    r"HTTPConnectionPool|HTTPSConnectionPool|Traceback|object at 0x|\bBearer\b|Authorization|X-hmac|Caused by|Errno|"
    r"[?&](login|password|refresh_token|query|applicationId|page)=|\{tries\}|\bNone\b"
)
KEYS = {"code", "method", "path", "status", "message"}


def check_failure(result: t.Mapping[str, t.Any], limit: int = 1200) -> None:
    """Check a failed result against the rules for messages.

    :param limit: the most characters that a message may have
    """
    message, failure = result["msg"], result["failure"]
    assert set(failure) == KEYS, failure
    assert failure["code"] in CODES, failure
    assert not NOISE.search(message), message
    assert "\n" not in message, message
    assert 20 < len(message) <= limit, (len(message), message)
    assert message.rstrip().endswith((".", "…", "!", "?")), message
    assert "exception" not in result, result["exception"]
    if failure["path"]:
        assert failure["method"], failure
        assert "?" not in failure["path"], failure
    if failure["status"]:
        assert str(failure["status"]) in message, message


def names_the_place(result: t.Mapping[str, t.Any], base: str) -> bool:
    """Return whether the message says which call failed: its path, or the host."""
    failure, message = result["failure"], result["msg"]
    return bool((failure["path"] and failure["path"] in message) or urlsplit(base).netloc in message)


def secrets_of(world: t.Any) -> set[str]:
    """Return every secret of a world that a run can meet: passwords, tokens, keys."""
    state = world.state()
    found = {world.password, world.mip_password, world.mip_private_key}
    for row in state["tenants"]:
        found |= {row["password"], row["recorded_password"]}
    for person in [*state["users"], *(one for market in state["marketplaces"].values() for one in market["clients"])]:
        found |= {person["password"], person["private"]}
    for entry in world.log():
        bearer = entry["headers"].get("authorization", "")
        found |= {bearer.rpartition(" ")[2], entry["query"].get("password"), entry["query"].get("refresh_token")}
        found.add(entry["headers"].get("x-hmac"))
    return {secret for secret in found if secret and len(secret) > 3}
