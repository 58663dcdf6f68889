# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do for a task what only the controller's process can: write to a vault, show progress, remember predictions."""

from __future__ import annotations

import sys
import typing as t

from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils.credentials_file import CredentialsFile

#: Found out in the parent, before a worker is forked: from ansible-core 2.19 on, a worker has no terminal.
_TERMINAL = sys.stderr.isatty()


class ActionController:
    """The ``Controller`` of ``module_utils/operation.py``, for a task in this process."""

    def __init__(self, loader: t.Any, context: RunContext) -> None:
        self._loader = loader
        self._context = context

    def credentials_file(self, params: t.Mapping[str, t.Any]) -> t.Any:
        """Return the file that ``credentials_dest`` names, checked to be usable, or None if the option is not set."""
        if not params.get("credentials_dest"):
            return None
        return CredentialsFile.of(params, self._loader, self._context)

    def progress(self, text: str) -> None:
        """Show a line on the terminal at once. It goes to standard error, so that the JSON of callbacks stays clean."""
        if _TERMINAL:
            Display().display(text, stderr=True)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        """Return what earlier tasks of this check run predicted that they would create, with ``names`` added."""
        key = f"predicted-{kind}"
        with self._context.store.locked(key, Deadline(10)) as slot:
            found = set(slot.read().get("names", ()))
            more = set(names)
            if more - found:
                slot.write({"names": sorted(found | more)})
        return found | more
