# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the modules' connection options in plugins that ansible-core configures in another way (lookup, inventory).

Their documentation is ``doc_fragments/mobsted_plugin.py``. A test compares it with the table of options in
``module_utils/options.py``.
"""

from __future__ import annotations

import os
import sys
import typing as t
from contextlib import contextmanager

from ansible.errors import AnsibleError

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError, invalid
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import HAS_REQUESTS
from ansible_collections.partnerops.saas.plugins.module_utils.identity import account_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import MOBSTED, MOBSTED_PATHS
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.module_utils.options import without_state
from ansible_collections.partnerops.saas.plugins.module_utils.run.store import digest
from ansible_collections.partnerops.saas.plugins.module_utils.urls import check_api_url
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import (
    context_of_process,
    plain,
    show_requests,
    surroundings,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.values import is_template

#: A lookup and an inventory only read, so they take no options of the store.
MOBSTED_READING = without_state(MOBSTED)


class Plugin(t.Protocol):
    """The part that lookup and inventory plugins share."""

    def get_option_and_origin(self, option: str) -> tuple[t.Any, t.Any]:
        """Return the value of an option, and where it was set."""


@contextmanager
def no_empty_variables() -> t.Iterator[None]:
    """Hide the connection's environment variables that are empty or blank while ansible-core reads a plugin's options.

    An empty variable counts as not set, as with the modules. ansible-core would take an empty
    ``MOBSTED_VALIDATE_CERTS`` for false.
    """
    names = [option.env for option in MOBSTED if option.env]
    empty = {name: os.environ.pop(name) for name in names if name in os.environ and not os.environ[name].strip()}
    try:
        yield
    finally:
        os.environ.update(empty)


def check_booleans(given: t.Mapping[str, t.Any], variables: t.Mapping[str, t.Any] | None = None) -> None:
    """Refuse a text that is neither true nor false, which ansible-core takes for false in a plugin's options.

    A typing error would turn the check of certificates off.

    :param given: the options that the plugin was called with, or its file
    :param variables: those of the task's host
    :raises AnsibleError: with the place of the value
    """
    for option in MOBSTED_READING:
        name, variable = option.name, f"mobsted_{option.name}"
        places = {
            name: given.get(name),
            f"the variable {variable}": (variables or {}).get(variable),
            f"the environment variable {option.env}": os.environ.get(option.env or ""),
        }
        for place, value in places.items():
            if option.type == "bool" and isinstance(value, str) and not is_template(value) and option.refuses(value):
                raise AnsibleError(f"{name} must be true or false, not {value!r}. Correct {place}. Nothing was sent.")


def mobsted_params(plugin: Plugin, templar: t.Any, origins: tuple[str, ...]) -> dict[str, t.Any]:
    """Return the connection options of a plugin as modules get them.

    :param templar: evaluates values that may be templates and that ansible-core has not evaluated
    :param origins: how the names of such values' origins start (``var``, ``Direct``); a value from the environment is
        never a template
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
        raise invalid("api_paths must be a dictionary, such as {objects: object}. Nothing was sent.")
    unknown = sorted(set(paths) - set(MOBSTED_PATHS))
    if unknown:
        raise invalid(
            f"api_paths has no key {unknown[0]!r}. It may have: {', '.join(MOBSTED_PATHS)}. Nothing was sent."
        )
    return params


def cache_key(params: t.Mapping[str, t.Any]) -> str:
    """Return a key for what belongs to one account: a hash of its URL and its login, or of its token if it has none.

    :raises ApiError: ``invalid_input`` for a URL that is missing or not valid
    """
    url = check_api_url(params.get("api_url"), ("/api/v8",), env="MOBSTED_API_URL")
    login = params.get("api_login")
    return digest(account_key(url, login), None if login else params.get("api_token"))


@contextmanager
def mobsted_task(
    plugin: Plugin,
    templar: t.Any,
    origins: tuple[str, ...],
    params: t.Mapping[str, t.Any] | None = None,
    error: type[AnsibleError] = AnsibleError,
) -> t.Iterator[Task]:
    """Provide a task for the modules' code, in this process, with the run's login and every secret registered.

    :param params: options besides those of the connection
    :param error: the class of error that an ``ApiError`` is turned into
    """
    if not HAS_REQUESTS:
        raise error(
            f"The Python library requests is not installed for {sys.executable}, the Python that runs Ansible. "
            f"Install it with: {sys.executable} -m pip install requests"
        )
    context = context_of_process()
    show_requests(context)
    with surroundings({}):
        try:
            connection = mobsted_params(plugin, templar, origins)
            context.secrets.add(*(connection[option.name] for option in MOBSTED_READING if option.no_log))
            yield Task({**connection, **(params or {})}, context=context)
        except ApiError as failure:
            # Without a cause: ansible-core 2.19 and newer print the texts of causes, too.
            raise error(context.secrets.scrub(str(failure))) from None
