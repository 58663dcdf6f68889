# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that make links and snippets for websites. Each is documented in the ``.yml`` file of its name."""

from __future__ import annotations

import inspect
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.plugin_utils.snippets import (
    SnippetError,
    app_link,
    install_check_html,
    personal_data,
    prompt_js,
)


def _filter(make: t.Callable[..., str]) -> t.Callable[..., str]:
    """Turn the errors of a function into those of a filter, which name the filter."""

    def run(*values: t.Any, **options: t.Any) -> str:
        try:
            inspect.signature(make).bind(*values, **options)  # its messages are shorter than those of a call
            return make(*values, **options)
        except (SnippetError, TypeError) as error:
            name = make.__name__
            more = f". See ansible-doc -t filter partnerops.saas.{name}." if isinstance(error, TypeError) else ""
            raise AnsibleFilterError(f"{name}: {error}{more}") from None

    return run


def _warn_of_personal_data(name: str, extid: t.Any) -> None:
    kind = personal_data(extid)
    if kind:
        # Without the id itself, so that a page for a thousand users gets one warning.
        Display().warning(
            f"{name}: extid is {kind}. Everybody can read it in address bars, browser histories, page sources and "
            "server logs. Use an id of your own that says nothing about the person, such as a customer number."
        )


def mobsted_app_link(app: t.Any, extid: t.Any, tenant: t.Any = None, kind: t.Any = "instant") -> str:
    """Return the link by which one end user opens an app."""
    _warn_of_personal_data("mobsted_app_link", extid)
    return app_link(app, extid, tenant, kind)


def mobsted_install_check_html(extid: t.Any, script_url: t.Any, variable: t.Any = "mobstedPwaInstalled") -> str:
    """Return the scripts that find out whether an end user has installed the app."""
    _warn_of_personal_data("mobsted_install_check_html", extid)
    return install_check_html(extid, script_url, variable)


def mobsted_prompt_js(name: t.Any, action: t.Any = "show") -> str:
    """Return the statement that shows or hides a prompt."""
    return prompt_js(name, action)


class FilterModule:
    """Provide the filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., str]]:
        """Return each filter's name and function."""
        functions: tuple[t.Callable[..., str], ...] = (mobsted_app_link, mobsted_install_check_html, mobsted_prompt_js)
        return {function.__name__: _filter(function) for function in functions}
