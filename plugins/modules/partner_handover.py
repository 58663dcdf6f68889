# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of an action: the action plugin of this name does all the work, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: partner_handover
short_description: Write a handover page for each client
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Writes one self-contained HTML page for each tenant, with the link and QR code of each app, how to install it on
    Android and iOS, how to log in for the first time, and what was set up. Text from the API is escaped.
  - One task writes all pages, and takes a few milliseconds for each.
  - The files are always written on the controller. Nothing is sent to Mobsted or MIP.
extends_documentation_fragment:
  - partnerops.saas.attributes
attributes:
  diff_mode:
    support: partial
    details:
      - The diff only names the pages, because their text may contain a password.
  action:
    description: The action plugin does all the work, in the Ansible process on the controller.
    details:
      - No module is sent to the task's host.
  async:
    support: none
options:
  tenants:
    description:
      - Tenants as in RV(partnerops.saas.mobsted_fleet_info#module:tenants).
      - A tenant whose apps could not be read gets no page. RV(without) names it.
    type: list
    elements: dict
    required: true
  path:
    description: Folder for the pages. It must exist.
    type: path
    required: true
  language:
    description:
      - Language of the pages. V(en), V(pl) and V(ru) are shipped. A dictionary gives one for each e-mail address, and
        V(default) for the others.
    type: raw
    default: en
  texts:
    description: A YAML file with texts by language, for other languages and other words.
    type: path
  logins:
    description:
      - Tenants as in RV(partnerops.saas.mobsted_tenant_info#module:tenants), read with
        O(partnerops.saas.mobsted_tenant_info#module:include_credentials=true). The pages then show
        their first passwords.
      - Without this, no page contains a password.
    type: list
    elements: dict
    default: []
seealso:
  - module: partnerops.saas.mobsted_fleet_info
  - plugin: partnerops.saas.partner_handover
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all tenants and apps
  partnerops.saas.mobsted_fleet_info:
    icons: 100
  register: all

- name: Write a page for each client, in Polish but for one
  partnerops.saas.partner_handover:
    tenants: "{{ all.tenants }}"
    path: "{{ playbook_dir }}"
    language: {default: pl, owner@acme.example: en}
"""

RETURN = r"""
pages:
  description: The pages, in the order of O(tenants).
  returned: always
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address of the tenant.
      type: str
      sample: owner@acme.example
    path:
      description: The file.
      type: str
      sample: /srv/handover/owner@acme.example.html
    state:
      description:
        - V(new), V(changed), or V(same) if the file already had this content. In check mode, what it would be.
      type: str
      sample: new
without:
  description: Addresses of tenants without a page, because their apps could not be read.
  returned: always
  type: list
  elements: str
  sample: []
"""
