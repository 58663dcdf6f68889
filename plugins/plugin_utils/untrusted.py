# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes from an API never becomes a template.

From ansible-core 2.19 on, only text that is marked as trusted is a template, and plain text is not. Before, all text is
one, unless it is marked as unsafe. Here is the difference, once.
"""

from __future__ import annotations

import typing as t

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19
    trust_as_template = None


def untrusted(value: t.Any) -> t.Any:
    """The value with all text in it, however deep, kept from being a template."""
    if trust_as_template is not None:
        return value
    from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415 - to go in ansible-core 2.23

    return wrap_var(value)


def template(text: str) -> str:
    """Our own text as a template."""
    return text if trust_as_template is None else trust_as_template(text)
