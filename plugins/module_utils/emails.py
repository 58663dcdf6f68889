# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""E-mail addresses: the natural key of tenants, clients and members."""

from __future__ import annotations

import re

from .errors import invalid

#: What ansible-core puts in place of a secret in a result.
MASK = "********"
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@(?!-)[^\s@<>()\[\]\\,;:\"_/?#%]+\.[^\s@<>()\[\]\\,;:\"_/?#%.]{2,}")


def check_tenant(value: str | None, where: str = "tenant") -> str | None:
    """Return the address of the tenant that a task works in; None for the account of ``api_url`` itself.

    An empty text is most likely a variable without a value. Nothing can be removed from the wrong account.

    :raises ApiError: ``invalid_input`` if it is not an address
    """
    if value is None:
        return None
    if not value.strip():
        raise invalid(
            f"{where} is empty: give an address, or leave the option out to work in the account of api_url. Nothing "
            "was sent."
        )
    return check_email(value, where)


def check_email(value: str | None, where: str = "email") -> str:
    """Return the address without surrounding white space.

    :raises ApiError: ``invalid_input`` if it is not an address
    """
    text = (value or "").strip()
    if MASK in text:
        raise invalid(
            f"{where} contains {MASK}, so a secret that is part of the address was masked in it: {text[:100]!r}. Give "
            "the address itself instead of the masked result, or choose a longer secret. Nothing was sent."
        )
    if len(text) > 254 or not _ADDRESS.fullmatch(text) or ".." in text or not text.isprintable():
        raise invalid(
            f"{where} is not an e-mail address: {text[:100]!r}. It should look like owner@acme.example. Nothing was "
            "sent."
        )
    return text
