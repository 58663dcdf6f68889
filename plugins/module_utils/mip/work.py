# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What a task does to a client and to a member in the same way, while it holds the row."""

from __future__ import annotations

import typing as t

from ..errors import ApiError
from .api import MipAPI
from .ledger import ABSENT, PRESENT, Row
from .outcome import Outcome, lost


class Work:
    """One client or member, while its row is held."""

    def __init__(self, api: MipAPI, row: Row, outcome: Outcome, check_mode: bool) -> None:
        self.api, self.row, self.outcome, self.check_mode = api, row, outcome, check_mode
        self.deadline = row.deadline

    def gone(self) -> Outcome:
        """Return the outcome of somebody who does not exist, any more or at all."""
        self.outcome.was = PRESENT if self.outcome.made else ABSENT
        self.outcome.resource["state"], self.outcome.resource["blocked"] = ABSENT, None
        return self.outcome

    def remove(self, ident: int, send: t.Callable[[], bool], *, unknown: str, what: str, then: str) -> Outcome:
        """Remove somebody, with the intent recorded before the call and the outcome after it.

        :param send: sends the call; returns False if there was nobody to remove
        :param unknown: the state of somebody who may or may not be removed
        :param what: the call, in the message for a lost response
        :param then: what to do after it
        """
        if self.check_mode:
            self.outcome.made = True
            return self.gone()
        self.api.prepare(self.deadline)
        self.row.begin("remove", ident)
        try:
            self.outcome.made = send()
        except ApiError as error:
            if error.executed is False:
                self.row.undo()
                raise
            self.outcome.resource["state"] = unknown
            raise self.outcome.fail(lost(error, what, then)) from None
        self.gone()
        self.row.removed(ident)
        return self.outcome
