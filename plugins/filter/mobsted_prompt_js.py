# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter P(partnerops.saas.mobsted_prompt_js#filter)."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.plugin_utils.snippets import SnippetError, prompt_js


def mobsted_prompt_js(*values: t.Any, **options: t.Any) -> str:
    """See ``mobsted_prompt_js.yml``."""
    try:
        return prompt_js(*values, **options)
    except (SnippetError, TypeError) as error:
        raise AnsibleFilterError(f"mobsted_prompt_js: {error}") from None


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, t.Callable[..., str]]:
        """Name and function."""
        return {"mobsted_prompt_js": mobsted_prompt_js}
