# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do for a task what only the controller's process can: write to a vault, show progress, remember predictions."""

from __future__ import annotations

import os
import sys
import typing as t

from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.errors import invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.run.context import RunContext
from ansible_collections.partnerops.saas.plugins.plugin_utils.credentials_file import CredentialsFile

#: Found out in the parent, before a worker is forked: from ansible-core 2.19 on, a worker has no terminal.
_TERMINAL = sys.stderr.isatty()
#: Back to the margin, and erase to the end of the line.
_ERASE = "\r\x1b[K"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


_COLUMNS = _columns()


class ActionController:
    """The ``Controller`` of ``module_utils/operation.py``, for a task in this process."""

    def __init__(self, loader: t.Any, context: RunContext, check_mode: bool = False) -> None:
        self._loader = loader
        self._context = context
        self._check_mode = check_mode

    def credentials_file(self, params: t.Mapping[str, t.Any]) -> t.Any:
        """Return the file that ``credentials_dest`` names, checked to be usable, or None if the option is not set."""
        if params.get("credentials_dest") is None:
            return None
        if not params["credentials_dest"].strip():
            raise invalid(
                "credentials_dest is empty, so nobody would keep the passwords: name a file, or leave the option out. "
                "Nothing was sent."
            )
        return CredentialsFile.of(params, self._loader, self._context, self._check_mode)

    @property
    def progress_interval(self) -> float:
        """Return the seconds between two lines: a minute where no line can be redrawn, as in a pipeline's log."""
        return 0.5 if _TERMINAL else 60.0

    def progress(self, text: str) -> None:
        """Show a line on standard error, so that callbacks which write JSON stay clean."""
        plain = "".join(c for c in text if c.isprintable())
        if _TERMINAL:
            # A line that wraps can't be drawn over.
            Display().display(_ERASE + plain[: _COLUMNS - 1], stderr=True, newline=False, screen_only=True)
        else:
            Display().display(plain, stderr=True)

    def clear_progress(self) -> None:
        """Remove the line from a terminal."""
        if _TERMINAL:
            Display().display(_ERASE, stderr=True, newline=False, screen_only=True)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        """Return what earlier tasks of this check run predicted that they would create, with ``names`` added."""
        key = f"predicted-{kind}"
        with self._context.store.locked(key, Deadline(10)) as slot:
            found = set(slot.read().get("names", ()))
            more = set(names)
            if more - found:
                slot.write({"names": sorted(found | more)})
        return found | more
