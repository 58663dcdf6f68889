# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin ``partnerops.saas.mobsted_tenants``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: mobsted_tenants
short_description: Tenants of a Mobsted master account as hosts
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes a host of each client sub-account (tenant) that has a record in app ID 1 of a Mobsted master account. A play
    can then work through all tenants, spread over C(forks) or over the job slices of AWX.
  - A tenant is not a machine. Its tasks run on the machine that runs Ansible, because C(ansible_connection) is
    V(local), and with the Python that runs Ansible.
  - Each host has the variables C(mobsted_id), C(mobsted_email), C(mobsted_url), C(mobsted_server), C(mobsted_name),
    C(mobsted_login), C(mobsted_created) and C(mobsted_stats). Their values are those of
    RV(partnerops.saas.mobsted_tenant_info#module:tenants). None of them is a credential.
  - Values from the API are never evaluated as templates.
  - The name of the inventory file must end with C(mobsted_tenants.yml) or C(mobsted_tenants.yaml).
extends_documentation_fragment:
  - partnerops.saas.mobsted_plugin
  - constructed
  - inventory_cache
options:
  plugin:
    description:
      - Marks the file as a configuration of this plugin.
    type: str
    required: true
    choices: [partnerops.saas.mobsted_tenants]
  hostname:
    description:
      - What to use as the name of a host. With V(email) and V(name), it is the tenant's e-mail address or name. With
        V(id), it is V(tenant-<id>), with the id of the tenant's record.
      - If several records share a value, or a value is not a safe host name (because Ansible could take it for a
        pattern or a path, for example), the host is named as with V(id), and a warning says so.
    type: str
    choices: [email, name, id]
    default: email
  group:
    description:
      - Name of the group that contains all tenants.
    type: str
    default: mobsted_tenants
seealso:
  - module: partnerops.saas.mobsted_tenant_info
  - plugin: partnerops.saas.mobsted_tenant
    plugin_type: lookup
  - ref: ansible_collections.partnerops.saas.docsite.guide_inventory
    description: How to work with tenants as hosts.
"""

EXAMPLES = r"""
# Minimal file, with MOBSTED_API_URL, MOBSTED_API_LOGIN and MOBSTED_API_PASSWORD in the environment.
---
plugin: partnerops.saas.mobsted_tenants

---
# With groups by use and by server, and an additional variable.
plugin: partnerops.saas.mobsted_tenants
api_url: https://ppp-admin.mobsted.com
api_login: partner@example.com
api_password: "{{ lookup('ansible.builtin.env', 'PARTNER_PASSWORD') }}"
strict: true
compose:
  installs_this_week: mobsted_stats.installs_7_days | default(0, true)
groups:
  idle: not mobsted_stats.launches_30_days
  without_apps: not mobsted_stats.apps_total
keyed_groups:
  - key: mobsted_server
    prefix: server

---
# With a cache in files, valid for ten minutes.
plugin: partnerops.saas.mobsted_tenants
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/partnerops
cache_timeout: 600
"""

import contextlib
import re
import typing as t
from collections import Counter

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.accounts import connect
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import describe
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Task
from ansible_collections.partnerops.saas.plugins.plugin_utils.plugin_options import (
    cache_key,
    check_booleans,
    mobsted_task,
    no_empty_variables,
)
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain
from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import template, untrusted

_ENDINGS = ("mobsted_tenants.yml", "mobsted_tenants.yaml")
#: How a file asks for this plugin, within its first so many characters.
_PLUGIN_LINE = re.compile(r"""^plugin:\s*(["']?)partnerops\.saas\.mobsted_tenants\1\s*(#.*)?$""", re.MULTILINE)
_HEAD = 65536
#: Host names are used as patterns, and as file names of fact caches and ``host_vars``.
_NAMES = {
    "email": re.compile(r"\w[\w.+'-]*@\w[\w.-]*"),
    "name": re.compile(r"(?!(?i:localhost|all|ungrouped)$)[A-Za-z_][A-Za-z0-9_-]*"),
}
_ID = re.compile(r"[A-Za-z0-9_-]+")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The tenants of one account as hosts. See ``DOCUMENTATION``."""

    NAME = "partnerops.saas.mobsted_tenants"
    # Values of the API may become group names, so they are always sanitised.
    _sanitize_group_name = staticmethod(lambda name: to_safe_group_name(name, force=True, silent=True))

    def verify_file(self, path: str) -> bool:
        """Return whether the file is for this plugin, by its name.

        A file of another name that asks for this plugin gets a warning: ansible-core only says that the plugin could
        not verify it.
        """
        if not super().verify_file(path):
            return False
        if path.endswith(_ENDINGS):
            return True
        if self._is_asked_for(path):
            self.display.warning(
                f"{path} is not read: it asks for {self.NAME}, which reads files whose name ends with "
                f"{' or '.join(_ENDINGS)}. Rename it."
            )
        return False

    def _is_asked_for(self, path: str) -> bool:
        try:
            with open(path, encoding="utf-8") as file:
                return bool(_PLUGIN_LINE.search(file.read(_HEAD)))
        except (OSError, UnicodeDecodeError):  # a folder, a program
            return False

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Read the tenants, from the cache if it is in use, and add a host for each."""
        super().parse(inventory, loader, path, cache)
        with no_empty_variables():
            check_booleans(self._read_config_data(path))
        with mobsted_task(self, self.templar, ("var", "Direct"), error=AnsibleParserError) as task:
            tenants = self._tenants(task, path, cache)
        self._populate(tenants)

    def _tenants(self, task: Task, path: str, cache: bool) -> list[dict[str, t.Any]]:
        """Return the tenants of the task's account. One file may serve many accounts, each with its own cache entry."""
        key = f"{self.get_cache_key(path)}_{cache_key(task.params)}"
        using = self.get_option("cache")
        if using and cache:
            with contextlib.suppress(KeyError):  # missing or expired
                return list(self._cache[key])
        client = connect(task)
        tenants = [describe(record, task) for record in client.tenants(client.deadline())]
        if using:
            self._cache[key] = tenants
        return tenants

    def _populate(self, tenants: list[dict[str, t.Any]]) -> None:
        group = self.inventory.add_group(self._sanitize_group_name(self.get_option("group")))
        kind = self.get_option("hostname")
        shared = Counter(email_key(str(tenant.get(kind))) for tenant in tenants)
        unusable = []
        for tenant in tenants:
            wanted = str(tenant.get(kind) or "")
            usable = kind != "id" and _NAMES[kind].fullmatch(wanted) and shared[email_key(wanted)] == 1
            if not usable and not _ID.fullmatch(str(tenant["id"] or "")):
                self.display.warning(
                    f"mobsted_tenants: skipped a record of app ID 1. Its id, {str(tenant['id'])[:40]!r}, cannot be "
                    "part of a host name."
                )
                continue
            name = wanted if usable else f"tenant-{tenant['id']}"
            if not usable and kind != "id":
                unusable.append(str(tenant["id"]))
            # Plain text: it cannot be a template, and before 2.19 a marked name would be shown as a mapping.
            self._add(self.inventory.add_host(plain(name), group), tenant)
        if unusable:
            some = ", ".join(unusable[:10]) + (", …" if len(unusable) > 10 else "")
            self.display.warning(
                f"mobsted_tenants: {len(unusable)} records in app ID 1 have no unique {kind} that can be a host name. "
                f"Their hosts are named after the ids of the records: {some}."
            )

    def _add(self, host: str, tenant: dict[str, t.Any]) -> None:
        self.inventory.set_variable(host, "ansible_connection", template("local"))
        # Otherwise modules run with a Python that ansible-core discovers, which may lack their libraries.
        self.inventory.set_variable(host, "ansible_python_interpreter", template("{{ ansible_playbook_python }}"))
        values = {f"mobsted_{key}": untrusted(value) for key, value in tenant.items()}
        for key, value in values.items():
            self.inventory.set_variable(host, key, value)
        strict = self.get_option("strict")
        variables = {**values, "inventory_hostname": host}
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
