# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the controller's process can do for a task: credentials in a vault, progress, what check mode foresaw."""

from __future__ import annotations

import sys
import typing as t

from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.module_utils.effort import Effort
from ansible_collections.partnerops.saas.plugins.module_utils.runtime import Runtime
from ansible_collections.partnerops.saas.plugins.plugin_utils.keeper import Keeper

#: Asked for in the parent, before a worker is forked: from ansible-core 2.19 on, a worker has no terminal.
_TERMINAL = sys.stderr.isatty()


class ActionController:
    """See C(module_utils/operation.py)."""

    def __init__(self, loader: t.Any, runtime: Runtime) -> None:
        self._loader = loader
        self._runtime = runtime

    def keeper(self, params: t.Mapping[str, t.Any]) -> t.Any:
        """Where C(credentials_dest) is kept, or None where it isn't given."""
        if not params.get("credentials_dest"):
            return None
        return Keeper.of(params, self._loader, self._runtime)

    def progress(self, text: str) -> None:
        """A line on the terminal, at once; on standard error, so that callbacks which write JSON stay clean."""
        if _TERMINAL:
            Display().display(text, stderr=True)

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        """What earlier tasks of this check run said that they would create."""
        key = f"predicted-{kind}"
        with self._runtime.store.locked(key, Effort(10)) as slot:
            found = set(slot.read().get("names", ()))
            more = set(names)
            if more - found:
                slot.write({"names": sorted(found | more)})
        return found | more
