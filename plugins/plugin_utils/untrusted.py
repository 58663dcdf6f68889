# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep what comes from an API from ever becoming a template.

From ansible-core 2.19 on, only text that is marked as trusted is a template. Before, all text is one unless it is
marked as unsafe. This file hides the difference.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19
    trust_as_template = None

#: Without one of these a text is no template. Marking such text, too, would only show: ``ansible-inventory --list``
#: prints a marked value as ``{"__ansible_unsafe": …}``.
_BRACES = re.compile(r"[{}]")


def untrusted(value: t.Any) -> t.Any:
    """Return the value with all text in it, however deep, kept from being a template."""
    return value if trust_as_template is not None else _marked(value)


def _marked(value: t.Any) -> t.Any:
    if isinstance(value, Mapping):
        return {_marked(key): _marked(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(inner) for inner in value]
    if isinstance(value, str) and _BRACES.search(value):
        from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415 - to go in ansible-core 2.23

        return wrap_var(value)
    return value


def template(text: str) -> str:
    """Return our own text as a template."""
    return text if trust_as_template is None else trust_as_template(text)
