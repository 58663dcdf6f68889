# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_handover``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_handover
short_description: Handover page for a client
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Returns one self-contained HTML page for one tenant, with the link and QR code of each app, how to install it on
    Android and iOS, how to log in for the first time, and what was set up. Text from the API is escaped.
  - M(partnerops.saas.partner_handover) writes such a page for each tenant.
positional: _input
options:
  _input:
    description: One entry of RV(partnerops.saas.mobsted_fleet_info#module:tenants).
    type: dict
    required: true
  language:
    description:
      - Language of the page. V(en), V(pl) and V(ru) are shipped. A dictionary gives one for each e-mail address, and
        V(default) for the others.
    type: raw
    default: en
  texts:
    description: A YAML file with texts by language, for other languages and other words.
    type: path
  credentials:
    description: Login and password to show on the page.
    type: dict
seealso:
  - module: partnerops.saas.partner_handover
  - module: partnerops.saas.mobsted_fleet_info
"""

EXAMPLES = r"""
- name: Read all tenants and apps
  partnerops.saas.mobsted_fleet_info:
    icons: 100
  register: all

- name: Write the page of the first tenant
  ansible.builtin.copy:
    content: "{{ page.html }}"
    dest: "{{ page.name }}"
    mode: "0600"
  vars:
    page: "{{ all.tenants[0] | partnerops.saas.partner_handover(language='pl') }}"
"""

RETURN = r"""
_value:
  description: The page.
  type: dict
  contains:
    name:
      description: A file name for it.
      type: str
      sample: owner@acme.example.html
    html:
      description: The HTML page.
      type: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.partnerops.saas.plugins.plugin_utils.handover import (
    NO_CODES,
    HandoverError,
    file_name,
    language_of,
    load_texts,
    render,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.html_parts import HAS_SEGNO
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


def partner_handover(
    tenant: t.Any, language: t.Any = "en", texts: t.Any = None, credentials: t.Any = None
) -> dict[str, t.Any]:
    """See ``DOCUMENTATION``."""
    if not HAS_SEGNO:
        Display().warning(NO_CODES)
    try:
        email = str(plain(tenant)["email"])
        more = load_texts(str(texts)) if texts else None
        made = {
            "name": file_name(email),
            "html": render(tenant, language_of(plain(language), email), more, credentials),
        }
    except HandoverError as error:
        raise AnsibleFilterError(str(error)) from None
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "partner_handover needs a tenant: an entry of 'tenants' in the result of "
            "partnerops.saas.mobsted_fleet_info. Register that task."
        ) from None
    return t.cast("dict[str, t.Any]", untrusted(made))


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_handover": partner_handover}
