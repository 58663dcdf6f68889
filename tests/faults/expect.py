# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The allowed outcomes of a fault at a call: success or failure codes."""

from __future__ import annotations

from .calls_mobsted import (
    CREATE,
    EXTRA,
    INVITE,
    KEYS,
    LOGIN,
    LOOK,
    LOOK_OLD,
    READ,
    REFRESH,
    REGISTER,
    REMOVE,
    SEND,
    TENANT_LOGIN,
    TOGGLE,
    Call,
)
from .faults_table import FINAL, NOT_SENT, PAGING, REFUSED, SPOILT, TOKEN, UNKNOWN, WAIT, Fault

OK = "ok"


def expected(call: Call, fault: Fault, lasting: bool) -> set[str]:
    """Return the allowed outcomes.

    :param lasting: the fault hits every time, not only once
    """
    if call.role in (REFRESH, EXTRA):
        return {OK}  # a login replaces the one, and the other is optional
    if fault.sort in (NOT_SENT, WAIT):
        return {OK} if not lasting and not fault.final else set(fault.code.split("|"))
    if call.vendor == "mip":
        return _mip(call, fault, lasting)
    if call.role in (LOGIN, TENANT_LOGIN):
        if fault.sort == TOKEN or (fault.sort == REFUSED and fault.code in ("invalid_input", "forbidden")):
            return _refused_login(call, fault)
        return {fault.code} if lasting or fault.sort in (REFUSED, SPOILT, FINAL) else {OK}
    if fault.sort == TOKEN:
        return {"auth_failed"} if lasting else {OK}
    if fault.sort == REFUSED or (fault.sort == FINAL and call.role == READ):
        return {fault.code}
    if call.role == READ:
        if fault is PAGING and not lasting:
            return {OK, fault.code}  # the second page may say that there is no third
        return {OK} if fault.sort == UNKNOWN and not lasting else {fault.code}
    if call.role == CREATE:
        return {OK} if fault.executed else {"unknown_outcome"}
    assert call.role == SEND
    # The vendor does not publish the response to a message: any response without an error has to do.
    return {OK, "unknown_outcome"} if fault.sort == SPOILT else {"unknown_outcome"}


def _refused_login(call: Call, fault: Fault) -> set[str]:
    if fault.name in ("400", "401", "403", "422"):
        return {"auth_failed" if call.role == LOGIN else "stale_credentials"}
    return {fault.code}


def _mip(call: Call, fault: Fault, lasting: bool) -> set[str]:
    if call.role in (LOOK, LOOK_OLD, KEYS):
        if fault.sort in (REFUSED, TOKEN):
            # A refused login may mean that nobody is registered: registering is then right, or shows that somebody is.
            return {LOOK: {OK}, LOOK_OLD: {"duplicate"}, KEYS: _refused_keys(fault)}[call.role]
        return {OK} if fault.sort == UNKNOWN and not lasting else {fault.code}
    if fault.sort in (UNKNOWN, SPOILT, FINAL):
        return {OK} if call.role == REGISTER and fault.executed else {"unknown_outcome"}
    signed = call.role in (TOGGLE, REMOVE, INVITE) or call.operation == "mip_sso_link" or "client" in call.path
    if fault.name in ("401", "403") and signed and not lasting:
        # An older key pair is replaced; one that was fetched just now is not, since it would be the same.
        return {OK, fault.code, "auth_failed"}
    if call.role == REMOVE and fault.code == "not_found":
        return {OK}  # already removed
    if call.role == INVITE and fault.code == "duplicate":
        return {OK}  # already a member
    if call.role == REGISTER and fault.name in ("400", "401", "403", "409", "422"):
        return {"duplicate"} if fault.code == "duplicate" else {"auth_failed"}
    return {fault.code}


def _refused_keys(fault: Fault) -> set[str]:
    return {"auth_failed"} if fault.name in ("400", "401", "403", "404", "422") else {fault.code}
