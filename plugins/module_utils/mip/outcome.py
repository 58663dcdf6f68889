# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The outcome of one user, client or member."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, field

from ..errors import ApiError, words_and_fact
from .ledger import PRESENT, ledger_failed
from .records import Pair


@dataclass
class Outcome:
    """The result of one resource, filled in step by step, so that a failure can report what was done.

    :param kind: ``user``, ``client`` or ``member``, which is also the result key
    :param resource: the result key's value
    :param made: it was registered, invited or removed (or would be, in check mode)
    :param was: the state before, for the diff
    :param moved: the block state was changed
    :param was_blocked: the block state before
    :param tenant: the Mobsted tenant of the address, if it was looked up and found, without credentials
    :param keys: the key pair of the last login or registration
    :param wants_keys: the pair is to be returned
    :param probed: the block state was not known, and was found out by the toggle itself
    """

    kind: str
    resource: dict[str, t.Any]
    made: bool = False
    was: str | None = PRESENT
    moved: bool = False
    was_blocked: bool | None = None
    reconciled: bool = False
    probed: bool = False
    tenant: dict[str, t.Any] | None = None
    keys: Pair | None = None
    wants_keys: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Return whether anything at MIP differs from before."""
        return self.made or self.moved

    def public(self) -> dict[str, t.Any]:
        """Return the value of the result key."""
        return dict(self.resource)

    def diff(self) -> dict[str, t.Any]:
        """Return what changed, without secrets."""
        names = ("email", "marketplace_id", "state", "blocked")
        after = {name: self.resource[name] for name in names if name in self.resource}
        before = dict(after)
        if self.made:
            before["state"] = self.was
        if "blocked" in before and self.changed:
            before["blocked"] = self.was_blocked
        return {"before": before, "after": after}

    def result(self) -> dict[str, t.Any]:
        """Return the result keys of a task."""
        result = {
            "changed": self.changed,
            "reconciled": self.reconciled,
            self.kind: self.public(),
            "diff": self.diff(),
        }
        if self.wants_keys:
            result["keys"] = {"public_key": self.keys.public, "private_key": self.keys.private} if self.keys else None
        return result if self.kind == "user" else {**result, "probed": self.probed, "tenant": self.tenant}

    @contextlib.contextmanager
    def reported(self) -> t.Iterator[None]:
        """Let an error carry the outcome if everything succeeded and only recording it in the ledger failed."""
        try:
            yield
        except ApiError as error:
            if ledger_failed(error):
                raise self.fail(error) from None
            raise

    def fail(self, error: ApiError) -> ApiError:
        """Return a failure with what was done and learned before it, and the ``warnings`` for the user."""
        error.result = {**self.result(), "warnings": list(self.warnings), **error.result}
        return error


def lost(error: ApiError, what: str, then: str) -> ApiError:
    """Return the error for a write that was sent and whose outcome is unknown."""
    said, fact = words_and_fact(error)
    return error.because(
        "unknown_outcome",
        f"{said}{what} was sent, and its outcome is unknown: {fact} It was not sent again. {then}",
    )
