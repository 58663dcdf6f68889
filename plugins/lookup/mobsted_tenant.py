# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup plugin ``partnerops.saas.mobsted_tenant``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: mobsted_tenant
short_description: Look up a tenant of a Mobsted master account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Reads the record of a client sub-account (tenant) in app ID 1 of a Mobsted master account at the moment you need
    it. With O(include_credentials), it also returns the login and password on record, so that you need not keep them
    in a file.
  - Case does not matter in an address. If there is no such tenant, the lookup fails, unless O(default) is set or
    C(errors) says otherwise. If several records have the address, it always fails.
  - The lookup runs in the Ansible process on the controller and shares its login with the modules of this collection.
extends_documentation_fragment:
  - partnerops.saas.mobsted_plugin
options:
  _terms:
    description:
      - E-mail addresses of the tenants to look up.
    type: list
    elements: str
    required: true
  include_credentials:
    description:
      - Whether to return the login and password on record as well. A password on record no longer works once the client
        has changed it.
      - From ansible-core 2.22 on, the password is registered as a secret and never displayed. Before, only
        C(no_log=true) on the task that uses it hides it.
    type: bool
    default: false
  default:
    description:
      - What to return for a tenant that does not exist, for example V({}).
    type: raw
seealso:
  - module: partnerops.saas.mobsted_tenant_info
  - plugin: partnerops.saas.mobsted_tenants
    plugin_type: inventory
notes:
  - Lookups do not use C(module_defaults). Set the environment variables, or the Ansible variables that
    each option lists.
"""

EXAMPLES = r"""
- name: Show the admin URL of a tenant
  ansible.builtin.debug:
    msg: "{{ lookup('partnerops.saas.mobsted_tenant', 'owner@acme.example').url }}"

- name: Log in as the tenant
  ansible.builtin.uri:
    url: "{{ tenant.url }}/api/v8/auth?{{ tenant.credentials | urlencode }}"
  no_log: true
  vars:
    tenant: "{{ lookup('partnerops.saas.mobsted_tenant', 'owner@acme.example', include_credentials=true) }}"

- name: Show whether a tenant exists
  ansible.builtin.debug:
    msg: "{{ 'Yes' if lookup('partnerops.saas.mobsted_tenant', 'nobody@acme.example', default={}) else 'No' }}"
"""

RETURN = r"""
_raw:
  description:
    - One record for each address.
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
      description: The login and password in the tenant's record, with O(include_credentials=true).
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
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.partnerops.saas.plugins.module_utils.emails import check_email
from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.accounts import connect, no_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import describe
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.predictions import (
    predicted_tenant,
    predicted_tenants,
)
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import find_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.plugin_utils.controller import ActionController
from ansible_collections.partnerops.saas.plugins.plugin_utils.plugin_options import (
    check_booleans,
    check_names,
    mobsted_task,
    no_empty_variables,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


class LookupModule(LookupBase):
    """The records of tenants, on demand. See ``DOCUMENTATION``."""

    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        """Return one record for each address."""
        with no_empty_variables():
            check_booleans(kwargs, variables)
            warning = check_names(kwargs, self.option_definitions, "lookup partnerops.saas.mobsted_tenant")
            if warning:
                self._display.warning(warning)
            self.set_options(var_options=variables, direct=kwargs)
        own = {"include_credentials": self.get_option("include_credentials")}
        with mobsted_task(self, self._templar, ("var",), own, AnsibleLookupError) as task:
            if (variables or {}).get("ansible_check_mode"):
                task.check_mode, task.controller = True, ActionController(self._loader, task.context, True)
            return [self._one(str(term), task) for term in self._flatten(terms)]

    def _one(self, term: str, task: Task) -> t.Any:
        email = check_email(term, "the address to look up")
        client = connect(task)
        record = find_tenant(client, email, client.deadline())
        if record is not None:
            return untrusted(describe(record, task))
        if email_key(email) in predicted_tenants(task, client):
            return untrusted(describe(predicted_tenant(email), task))
        default = self.get_option("default")
        if default is None:
            raise no_tenant(client, email)
        return default
