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
  - Lists the client sub-accounts (tenants) that have a record in app ID 1 of a Mobsted master account, or looks one
    of them up.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
options:
  email:
    description:
      - E-mail address of the tenant to look up. If there is no such tenant, RV(tenants) is empty.
      - If not set, the module returns all tenants.
    type: str
  include_credentials:
    description:
      - Whether to return the login and password in each record as well. A password on record no longer works once the
        client has changed it.
    type: bool
    default: false
seealso:
  - module: partnerops.saas.mobsted_tenant
  - module: partnerops.saas.mobsted_fleet_info
  - plugin: partnerops.saas.mobsted_tenant
    plugin_type: lookup
  - plugin: partnerops.saas.mobsted_tenants
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Read all tenants
  partnerops.saas.mobsted_tenant_info:
  register: found

- name: Show how many apps each tenant has
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
  description: The tenants, in the order in which the API lists them.
  returned: success
  type: list
  elements: dict
  contains:
    # BEGIN generated: tenant
    id:
      description: Id of the tenant's record in app ID 1. Null if the tenant is so new that it has no record yet.
      type: str
      sample: "17"
    email:
      description: E-mail address of the tenant's owner.
      type: str
      sample: owner@acme.example
    url:
      description: Admin URL of the tenant's account.
      type: str
      sample: https://a23r56k8-admin.mobsted.com
    server:
      description: Server that hosts the tenant's account.
      type: str
      sample: mobsted.com
    name:
      description: Name of the tenant, which is part of its host name.
      type: str
      sample: a23r56k8
    login:
      description: Login of the tenant's account.
      type: str
      sample: owner@acme.example
    created:
      description: When the tenant was created, as the API returns it, without a time zone.
      type: str
      sample: "2020-09-01 09:50:18.107369"
    # END generated
    stats:
      description: The counters in the tenant's record. A counter that the record does not have is null.
      type: dict
      contains:
        # BEGIN generated: stats
        launches_1_day:
          description: App launches in the last day.
          type: int
        launches_7_days:
          description: App launches in the last 7 days.
          type: int
        launches_30_days:
          description: App launches in the last 30 days.
          type: int
        launches_total:
          description: App launches in total.
          type: int
        installs_1_day:
          description: Installs in the last day.
          type: int
        installs_7_days:
          description: Installs in the last 7 days.
          type: int
        installs_total:
          description: Installs in total.
          type: int
        install_button_clicks:
          description: Installs with the install button.
          type: int
        apps_total:
          description: Apps in total.
          type: int
        apps_wrapper:
          description: PWA wrapper apps.
          type: int
        apps_mu:
          description: The column C(appsMu), which the vendor does not explain.
          type: int
        end_users_total:
          description: End users in total.
          type: int
        end_users_7_days:
          description: End users in the last 7 days.
          type: int
        end_users_30_days:
          description: End users in the last 30 days.
          type: int
        events_total:
          description: Events in total.
          type: int
        traffic_total:
          description: Traffic in total. The vendor does not state the unit.
          type: int
        last_login:
          description: Last login to the tenant's account.
          type: str
        # END generated
    credentials:
      description: The login and password in the tenant's record.
      returned: with O(include_credentials=true)
      type: dict
      contains:
        # BEGIN generated: credentials_on_record
        login:
          description: Login of the tenant's account.
          type: str
          sample: owner@acme.example
        password:
          description: The account's first password. It no longer works once the client has changed it.
          type: str
        # END generated
# BEGIN generated: never_reconciled why="this module only reads"
reconciled:
  description: Always V(false), because this module only reads.
  returned: success
  type: bool
  sample: false
# END generated
# BEGIN generated: request_attempts
request_attempts:
  description: The highest number of tries that any one request of the task took.
  returned: when requests were sent
  type: int
  sample: 1
# END generated
# BEGIN generated: failure of="the error" code=auth_failed method=GET path=/api/v8/object status=403
failure:
  description:
    - Details of the error, for use in conditions.
    - The R(guide on errors and retries,ansible_collections.partnerops.saas.docsite.guide_errors) explains each code.
  returned: failure
  type: dict
  contains:
    code:
      description: Code of the error.
      type: str
      sample: auth_failed
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: GET
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /api/v8/object
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 403
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
