# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that make links and snippets for websites. Each is documented in the ``.yml`` file of its name."""

from __future__ import annotations

import inspect
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.plugin_utils.snippets import (
    SnippetError,
    app_link,
    install_check_html,
    prompt_js,
)


def _filter(name: str, make: t.Callable[..., str]) -> t.Callable[..., str]:
    """Turn the errors of a function into those of a filter, which name the filter."""

    def run(*values: t.Any, **options: t.Any) -> str:
        try:
            inspect.signature(make).bind(*values, **options)  # its messages name no function, as those of a call do
            return make(*values, **options)
        except (SnippetError, TypeError) as error:
            raise AnsibleFilterError(f"{name}: {error}") from None

    return run


class FilterModule:
    """Provide the filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., str]]:
        """Return each filter's name and function."""
        functions: dict[str, t.Callable[..., str]] = {
            "mobsted_app_link": app_link,
            "mobsted_install_check_html": install_check_html,
            "mobsted_prompt_js": prompt_js,
        }
        return {name: _filter(name, function) for name, function in functions.items()}
