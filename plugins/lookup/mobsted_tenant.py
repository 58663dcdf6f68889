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
  - Reads the record of a client sub-account (tenant) in app ID 1 of a Mobsted master account at the moment of use, and
    with O(include_credentials) its login and password, too. So they need not be kept in a file.
  - Addresses are compared without regard to case. If nobody has the address, the lookup fails, unless O(default) is
    given or C(errors) says otherwise. If several records have it, it fails always.
  - It runs in the process that runs Ansible, and shares the login of the run with the modules of this collection.
extends_documentation_fragment:
  - partnerops.saas.mobsted_plugin
options:
  _terms:
    description:
      - E-mail addresses of tenants.
    type: list
    elements: str
    required: true
  include_credentials:
    description:
      - Return login and password on record, too. A password on record goes stale once its owner changes it.
      - From ansible-core 2.22 on, the password is known as a secret and is not shown in any output. Before, nothing but
        C(no_log=true) of the task that uses it hides it.
    type: bool
    default: false
  default:
    description:
      - What to return in place of a tenant that does not exist, such as V({}).
    type: raw
seealso:
  - module: partnerops.saas.mobsted_tenant_info
  - plugin: partnerops.saas.mobsted_tenants
    plugin_type: inventory
notes:
  - Defaults that C(module_defaults) sets do not reach lookups. Set the environment, or the variables named with each
    option.
"""

EXAMPLES = r"""
- name: Show where a tenant's account is
  ansible.builtin.debug:
    msg: "{{ lookup('partnerops.saas.mobsted_tenant', 'owner@acme.example').url }}"

- name: Log in as the tenant
  ansible.builtin.uri:
    url: "{{ tenant.url }}/api/v8/auth?{{ tenant.credentials | urlencode }}"
  no_log: true
  vars:
    tenant: "{{ lookup('partnerops.saas.mobsted_tenant', 'owner@acme.example', include_credentials=true) }}"

- name: Ask whether there is such a tenant
  ansible.builtin.debug:
    msg: "{{ 'There is' if lookup('partnerops.saas.mobsted_tenant', 'nobody@acme.example', default={}) else 'No' }}"
"""

RETURN = r"""
_raw:
  description:
    - One record for each address. Its keys are those of RV(partnerops.saas.mobsted_tenant_info#module:tenants).
  type: list
  elements: dict
  contains:
    id:
      description: Id of the record in app ID 1.
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
    credentials:
      description: What is on record, with O(include_credentials=true).
      type: dict
      contains:
        login:
          description: Login of the tenant's account.
          type: str
        password:
          description: The first password of the tenant's account.
          type: str
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.partnerops.saas.plugins.module_utils.emails import check_email
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.app_tasks import no_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import find_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant_tasks import client_of, describe
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.plugin_utils.plugin_options import mobsted_task, no_empty_variables
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import untrusted


class LookupModule(LookupBase):
    """The records of tenants, on demand. See ``DOCUMENTATION``."""

    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        """Return one record for each address."""
        with no_empty_variables():
            self.set_options(var_options=variables, direct=kwargs)
        own = {"include_credentials": self.get_option("include_credentials")}
        with mobsted_task(self, self._templar, ("var",), own, AnsibleLookupError) as task:
            return [self._one(str(term), task) for term in self._flatten(terms)]

    def _one(self, term: str, task: Task) -> t.Any:
        email = check_email(term, "the address to look up")
        client = client_of(task)
        record = find_tenant(client, email, client.deadline())
        if record is not None:
            return untrusted(describe(record, task))
        default = self.get_option("default")
        if default is None:
            raise no_tenant(email)
        return default
