# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to come of a fault at a call: OK, or a failure code."""

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
    """The allowed outcomes.

    :param lasting: the fault strikes every time, not only once
    """
    if call.role in (REFRESH, EXTRA):
        return {OK}  # logging in takes the place of the one, and the other is a nicety
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
            return {OK, fault.code}  # the second page may show that there is no third
        return {OK} if fault.sort == UNKNOWN and not lasting else {fault.code}
    if call.role == CREATE:
        return {OK} if fault.executed else {"unknown_outcome"}
    assert call.role == SEND
    # The vendor does not publish what it answers to a message: any answer has to do, if it tells of no error.
    return {OK, "unknown_outcome"} if fault.sort == SPOILT else {"unknown_outcome"}


def _refused_login(call: Call, fault: Fault) -> set[str]:
    if fault.name in ("400", "401", "403", "422"):
        return {"auth_failed" if call.role == LOGIN else "stale_credentials"}
    return {fault.code}


def _mip(call: Call, fault: Fault, lasting: bool) -> set[str]:
    if call.role in (LOOK, LOOK_OLD, KEYS):
        if fault.sort in (REFUSED, TOKEN):
            # A refused login may mean that nobody is there: then registering is right, or tells that somebody is.
            return {LOOK: {OK}, LOOK_OLD: {"duplicate"}, KEYS: _refused_keys(fault)}[call.role]
        return {OK} if fault.sort == UNKNOWN and not lasting else {fault.code}
    if fault.sort in (UNKNOWN, SPOILT, FINAL):
        return {OK} if call.role == REGISTER and fault.executed else {"unknown_outcome"}
    signed = call.role in (TOGGLE, REMOVE, INVITE) or call.operation == "mip_sso_link" or "client" in call.path
    if fault.name in ("401", "403") and signed and not lasting:
        # With a key pair from before, another one is fetched; one that was had just now would be the same again.
        return {OK, fault.code, "auth_failed"}
    if call.role == REMOVE and fault.code == "not_found":
        return {OK}  # already gone
    if call.role == INVITE and fault.code == "duplicate":
        return {OK}  # already a member
    if call.role == REGISTER and fault.name in ("400", "401", "403", "409", "422"):
        return {"duplicate"} if fault.code == "duplicate" else {"auth_failed"}
    return {fault.code}


def _refused_keys(fault: Fault) -> set[str]:
    return {"auth_failed"} if fault.name in ("400", "401", "403", "404", "422") else {fault.code}
