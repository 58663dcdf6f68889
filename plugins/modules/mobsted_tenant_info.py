# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_tenant_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_tenant_info
short_description: Read the tenants of a Mobsted master account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Lists the client sub-accounts (tenants) that app ID 1 of a Mobsted master account has on record, or looks one of
    them up.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes.mobsted
options:
  email:
    description:
      - Only the tenant with this address. If there is none, RV(tenants) is empty.
    type: str
  include_credentials:
    description:
      - Return the logins and passwords on record, too. A password on record goes stale once its owner changes it.
    type: bool
    default: false
seealso:
  - module: partnerops.saas.mobsted_tenant
"""

EXAMPLES = r"""
- name: Read all tenants
  partnerops.saas.mobsted_tenant_info:
  register: found

- name: Show how many apps each has
  ansible.builtin.debug:
    msg: "{{ item.email }} has {{ item.stats.apps_total }} apps"
  loop: "{{ found.tenants }}"
  loop_control:
    label: "{{ item.email }}"

- name: Look one tenant up
  partnerops.saas.mobsted_tenant_info:
    email: owner@acme.example
  register: acme
"""

RETURN = r"""
tenants:
  description: The tenants.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the record in app ID 1. Null where a tenant was just created and its record isn't there yet.
      type: str
      sample: "17"
    email:
      description: E-mail address of the owner.
      type: str
      sample: owner@acme.example
    url:
      description: Admin URL of the tenant's account.
      type: str
      sample: https://a23r56k8-admin.mobsted.com
    server:
      description: Server on which the tenant lives.
      type: str
      sample: mobsted.com
    name:
      description: The tenant's name, which is part of its host name.
      type: str
      sample: a23r56k8
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    created:
      description: When the tenant was created, as the API tells it, without time zone.
      type: str
      sample: "2020-09-01 09:50:18.107369"
    stats:
      description: The record's counters. One that the record does not have is null.
      type: dict
      contains:
        launches_1_day:
          description: Launches of apps in the last day.
          type: int
        launches_7_days:
          description: Launches of apps in the last 7 days.
          type: int
        launches_30_days:
          description: Launches of apps in the last 30 days.
          type: int
        launches_total:
          description: Launches of apps in all.
          type: int
        installs_1_day:
          description: Installs in the last day.
          type: int
        installs_7_days:
          description: Installs in the last 7 days.
          type: int
        installs_total:
          description: Installs in all.
          type: int
        install_button_clicks:
          description: Installs by button.
          type: int
        apps_total:
          description: Apps in all.
          type: int
        apps_wrapper:
          description: PWA wrapper apps.
          type: int
        apps_mu:
          description: The column C(appsMu), which the vendor does not explain.
          type: int
        end_users_total:
          description: End users in all.
          type: int
        end_users_7_days:
          description: End users of the last 7 days.
          type: int
        end_users_30_days:
          description: End users of the last 30 days.
          type: int
        events_total:
          description: Events in all.
          type: int
        traffic_total:
          description: Traffic in all, in the unit of the platform, which the vendor does not state.
          type: int
        last_login:
          description: Last login to the tenant's account.
          type: str
    credentials:
      description: Login and password on record.
      returned: with O(include_credentials=true)
      type: dict
      contains:
        login:
          description: Login of the tenant's account.
          type: str
        password:
          description: The first password of the tenant's account.
          type: str
request_attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
failure:
  description: What went wrong, for programs. The codes are listed in the guide on errors and retries.
  returned: failure
  type: dict
  contains:
    code:
      description: Kind of the failure.
      type: str
      sample: auth_failed
    method:
      description: Method of the request, if there was one.
      type: str
      sample: GET
    path:
      description: Path of the request, without its query.
      type: str
      sample: /api/v8/object
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 403
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
