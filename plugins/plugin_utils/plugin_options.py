# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of the modules, for plugins that ansible-core configures in another way (lookup, inventory).

Their documentation is ``doc_fragments/mobsted_plugin.py``. The table ``module_utils/options.py`` stands behind both,
and a test compares the two.
"""

from __future__ import annotations

import os
import sys
import typing as t
from contextlib import contextmanager

from ansible.errors import AnsibleError

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import HAS_REQUESTS
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import MOBSTED, MOBSTED_PATHS
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.options import without_state
from ansible_collections.partnerops.saas.plugins.plugin_utils.in_process import context_of_process, plain, surroundings

#: A lookup and an inventory only read, so they take no options of the store.
MOBSTED_READING = without_state(MOBSTED)


class Plugin(t.Protocol):
    """What lookup and inventory plugins have in common."""

    def get_option_and_origin(self, option: str) -> tuple[t.Any, t.Any]:
        """The value of an option, and where it was given."""


def mobsted_params(plugin: Plugin, templar: t.Any, origins: tuple[str, ...]) -> dict[str, t.Any]:
    """The connection options of a plugin as modules get them.

    :param templar: evaluates a value that may be a template and which ansible-core has not evaluated
    :param origins: how the names of such values' origins start (``var``, ``Direct``); the environment is never a
        template
    :raises ApiError: ``invalid_input`` for what modules would refuse in ``api_paths``
    """
    params = {}
    for option in MOBSTED_READING:
        value, origin = plugin.get_option_and_origin(option.name)
        if value is not None and str(origin).startswith(origins):
            value = templar.template(value)
        params[option.name] = plain(value)
    paths = params["api_paths"] or {}
    if not isinstance(paths, dict):
        raise invalid("api_paths must be a dictionary, such as {objects: object}.")
    unknown = sorted(set(paths) - set(MOBSTED_PATHS))
    if unknown:
        raise invalid(f"api_paths has no key {unknown[0]!r}; there are: {', '.join(MOBSTED_PATHS)}.")
    return params


@contextmanager
def mobsted_task(
    plugin: Plugin,
    templar: t.Any,
    origins: tuple[str, ...],
    params: t.Mapping[str, t.Any] | None = None,
    error: type[AnsibleError] = AnsibleError,
) -> t.Iterator[Task]:
    """A task as the modules' code wants it: in this process, with the run's login, every secret registered.

    :param params: options besides the connection's
    :param error: what an ``ApiError`` becomes
    """
    if not HAS_REQUESTS:
        raise error(
            f"The Python library 'requests' is needed, and {sys.executable}, which runs Ansible, does not have it."
        )
    context = context_of_process()
    with surroundings({}, os.getcwd()):
        try:
            connection = mobsted_params(plugin, templar, origins)
            context.secrets.add(*(connection[option.name] for option in MOBSTED_READING if option.no_log))
            yield Task({**connection, **(params or {})}, context=context)
        except ApiError as failure:
            # Without a cause: ansible-core 2.19 and newer print the texts of causes, too.
            raise error(context.secrets.scrub(str(failure))) from None
