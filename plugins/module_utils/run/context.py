# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""What the tasks of one process share: clients with open sessions, the run's store, the secrets."""

from __future__ import annotations

import typing as t

from .secrets import Secrets
from .store import RunStore

if t.TYPE_CHECKING:
    from ..http.exchange import Exchange

#: The verbosity (``-vvv``) at which each request is shown.
VERBOSE = 3
C = t.TypeVar("C")
#: One vendor's connection, which must be hashable
K = t.TypeVar("K")


class RunContext:
    """State that lives as long as the process: a module's, or that of the worker that runs all items of a loop.

    :param parent: Ansible's temporary folder of the run, or None in a module's own process
    """

    def __init__(self, parent: str | None = None) -> None:
        self.secrets = Secrets()
        self.store = RunStore(parent)
        self.memory = RunStore()
        #: Whether what earlier tasks in check mode would have done counts as done. It does not if only single tasks
        #: are in check mode, because then nothing of it happens.
        self.predicts = True
        #: If it is set, it gets a line for each request: ``-vvv`` shows them. Any thread may call it.
        self.trace: t.Callable[[str], t.Any] | None = None
        #: If it is set, it gets each exchange, secrets included (``transcript.py``). Any thread may call it.
        self.recorder: t.Callable[[Exchange], t.Any] | None = None
        self._clients: dict[t.Any, t.Any] = {}
        #: warnings from code below an operation, which has no task at hand; the task shows them
        self.notices: list[str] = []
        self._shared: dict[t.Any, t.Any] = {}
        #: how many items the running task has, as far as that is known
        self.items = 1
        self._task: str | None = None
        self._at_end: list[t.Callable[[], None]] = []
        self.store.sweep()

    def observe(self, line: str) -> None:
        """Pass on a line about a request, without secrets, if it is wanted."""
        if self.trace:
            self.trace(self.secrets.scrub(line))

    def record(self, exchange: Exchange) -> None:
        """Pass on an exchange, if it is wanted."""
        if self.recorder:
            self.recorder(exchange)

    def begin(self, task: str, items: int = 1) -> None:
        """Forget what another task shared among its items.

        :param task: identifies the task; all items of a loop have the same
        :param items: how many items the task has, as far as that is known
        """
        self.items = items
        if task != self._task:
            self._task = task
            self._shared.clear()

    def shared(self, key: t.Any, make: t.Callable[[], C]) -> C:
        """Return what the items of one loop share under a key, made at the first call."""
        if key not in self._shared:
            self._shared[key] = make()
        return t.cast(C, self._shared[key])

    def store_for(self, scope: str) -> RunStore:
        """Return the store for ``token_cache``: ``run`` or ``none``."""
        return self.store if scope == "run" else self.memory

    def client(self, kind: t.Callable[[K, RunContext], C], connection: K, surroundings: t.Any = None) -> C:
        """Return the one client of an account.

        :param surroundings: the values of the environment that it depends on
        """
        key = (kind, connection, surroundings)
        if key not in self._clients:
            self._clients[key] = kind(connection, self)
        return self._clients[key]

    def release(self, client: t.Any) -> None:
        """Close one client early; the next to need it gets a new one."""
        for key in [key for key, known in list(self._clients.items()) if known is client]:
            self._clients.pop(key, None)
        client.close()

    def warn(self, text: str) -> None:
        """Add a warning to the running task."""
        if text not in self.notices:
            self.notices.append(text)

    def at_end(self, call: t.Callable[[], None]) -> None:
        """Call something once when the running task is over."""
        if call not in self._at_end:
            self._at_end.append(call)

    def end_task(self) -> None:
        """Make the calls registered for the end of a task."""
        while self._at_end:
            self._at_end.pop()()

    def close(self) -> None:
        """Close every session."""
        for client in list(self._clients.values()):  # a thread of a task that is over may still add one
            client.close()
        self._clients.clear()
