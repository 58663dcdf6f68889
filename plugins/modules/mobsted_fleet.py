# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_fleet``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_fleet
short_description: Create many Mobsted tenants and PWA apps at once
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes sure that any number of tenants and apps exist, as M(partnerops.saas.mobsted_tenant) and
    M(partnerops.saas.mobsted_pwa_app) do for one, in a single task and at the speed of the API.
  - App ID 1 of the master account is listed once, in pages of 200. Then only what is missing is sent, over
    O(concurrency) connections at the same time. A tenant is only logged in to if apps are declared for it, and its
    apps are listed once.
  - The whole declaration is checked before anything is sent.
  - An item that fails does not stop the others, unless O(on_error=stop). The task then fails at the end and names
    each failed item; its result is complete.
  - On a terminal, a line about once a second tells how far it is.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mobsted
options:
  tenants:
    description:
      - The declared tenants, each address once.
    type: list
    elements: dict
    default: []
    suboptions:
      email:
        description:
          - E-mail address of the tenant's owner.
        type: str
        required: true
      tenant_password:
        description:
          - Password of the tenant, where its owner changed the one on record. Only needed for its apps.
        type: str
      apps:
        description:
          - The apps declared in the tenant's account, each name once, unless O(tenants[].apps[].app_id) tells them
            apart.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description:
              - Name of the app, by which it is known.
            type: str
            required: true
          website_url:
            description:
              - Address of the website that the app wraps. Needed to create the app.
            type: str
          title:
            description:
              - Title of the app. A new app gets its name as title if this is not given.
            type: str
          description:
            description:
              - Description of the app.
            type: str
          splash_color:
            description:
              - Colour of the splash screen, as V(#rrggbb).
            type: str
          panel_color:
            description:
              - Colour of the panel, as V(#rrggbb).
            type: str
          icon:
            description:
              - An image file for the icon. It is searched for as M(ansible.builtin.copy) searches its
                O(ansible.builtin.copy#module:src), in C(files/) of the role or playbook. An icon that exists already
                is not compared.
            type: path
          widget_html:
            description:
              - HTML of the instant prompt to save the app.
            type: str
          push_widget_html:
            description:
              - HTML of the managed prompt for push permission. The vendor recommends to give it, since changing it
                later is slow.
            type: str
          save_widget_html:
            description:
              - HTML of the managed prompt to save the app. The vendor recommends to give it, since changing it later
                is slow.
            type: str
          app_id:
            description:
              - Id of the app, to pick one of several that have the same name.
              - It also picks an app that the API lists under a changed form of the name.
            type: raw
          on_drift:
            description:
              - What to do where an existing app differs from its declaration.
            type: str
            choices: [warn, fail, ignore]
            default: warn
          state:
            description:
              - Only V(present) is possible, since the API documents no way to remove an app.
            type: str
            choices: [present]
            default: present
  apps:
    description:
      - The apps declared in the master account itself.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the app, by which it is known.
        type: str
        required: true
      website_url:
        description:
          - Address of the website that the app wraps. Needed to create the app.
        type: str
      title:
        description:
          - Title of the app. A new app gets its name as title if this is not given.
        type: str
      description:
        description:
          - Description of the app.
        type: str
      splash_color:
        description:
          - Colour of the splash screen, as V(#rrggbb).
        type: str
      panel_color:
        description:
          - Colour of the panel, as V(#rrggbb).
        type: str
      icon:
        description:
          - An image file for the icon. It is searched for as M(ansible.builtin.copy) searches its
            O(ansible.builtin.copy#module:src), in C(files/) of the role or playbook. An icon that exists already is
            not compared.
        type: path
      widget_html:
        description:
          - HTML of the instant prompt to save the app.
        type: str
      push_widget_html:
        description:
          - HTML of the managed prompt for push permission. The vendor recommends to give it, since changing it later
            is slow.
        type: str
      save_widget_html:
        description:
          - HTML of the managed prompt to save the app. The vendor recommends to give it, since changing it later is
            slow.
        type: str
      app_id:
        description:
          - Id of the app, to pick one of several that have the same name.
          - It also picks an app that the API lists under a changed form of the name.
        type: raw
      on_drift:
        description:
          - What to do where an existing app differs from its declaration.
        type: str
        choices: [warn, fail, ignore]
        default: warn
      state:
        description:
          - Only V(present) is possible, since the API documents no way to remove an app.
        type: str
        choices: [present]
        default: present
  concurrency:
    description:
      - How many requests are under way at the same time, 1 to 32. If the API asks to slow down, all of them wait.
    type: int
    default: 8
  on_error:
    description:
      - With V(continue), all other items are done although one fails.
      - With V(stop), no further item is started after a failure. Those under way are finished. What was not started
        is reported as neither changed nor failed, with a RV(tenants[].msg) that says so.
    type: str
    choices: [continue, stop]
    default: continue
  credentials_dest:
    description:
      - A YAML file in which to keep the credentials, as a mapping from the e-mail address to C(url), C(login) and
        C(password).
      - Entries are merged, and the file is replaced whole, with mode V(0600). It is encrypted with Ansible Vault by
        the run's vault secret. The result then carries no password.
      - An entry that is missing for a tenant that exists is filled from its record in app ID 1, where that still
        holds a password. This counts as a change.
      - Needs the controller. With a remote connection, O(ignore:become) or O(ignore:async), it is refused before
        anything is sent.
    type: path
  credentials_vault_id:
    description:
      - Which of the run's vault identities encrypts O(credentials_dest).
    type: str
  credentials_plaintext:
    description:
      - Allow O(credentials_dest) to be written without encryption where the run has no vault secret.
    type: bool
    default: false
notes:
  - In diff mode, C(+) stands for what is created, C(~) for an app that differs from its declaration, and C(?) for a
    tenant that is not declared. Only the first is done by the run.
seealso:
  - module: partnerops.saas.mobsted_tenant
  - module: partnerops.saas.mobsted_pwa_app
"""

EXAMPLES = r"""
- name: Bring tenants and their apps to what is declared
  partnerops.saas.mobsted_fleet:
    api_url: https://ppp-admin.mobsted.com
    api_login: partner@example.com
    api_password: "{{ vault_mobsted_password }}"
    tenants:
      - email: owner@acme.example
        apps:
          - name: Acme Store
            website_url: https://store.acme.example
            icon: acme.png
          - name: Acme Help
            website_url: https://help.acme.example
      - email: owner@globex.example
    credentials_dest: group_vars/all/tenants.yml
  register: fleet

- name: Show the tenants that nobody declares
  ansible.builtin.debug:
    var: fleet.undeclared
"""

RETURN = r"""
tenants:
  description: The declared tenants, in the declared order.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address, as declared.
      returned: always
      type: str
      sample: owner@acme.example
    changed:
      description: Whether the run created it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed, or why it was not started. Null else.
      returned: always
      type: str
    failure:
      description: What went wrong, for programs, as RV(failure). Null where it did not fail.
      returned: always
      type: dict
    reconciled:
      description: Whether the answer to the creation was lost, and a look-up proved it done.
      returned: always
      type: bool
    tenant:
      description:
        - The tenant, as M(partnerops.saas.mobsted_tenant) returns it. Null where it failed or was not started.
        - The C(id) and C(created) of a tenant that was just created are null if the answer to the creation does not
          tell them; its record is not read back.
      returned: always
      type: dict
    credentials:
      description:
        - C(login) and C(password) of the new account. The vendor shows them this once.
        - Where the task runs in the controller's process, the value can be used but is not shown. Before ansible-core
          2.22, the whole result is then not shown; O(credentials_dest) avoids that.
      returned: only where this run created the tenant, and not with O(credentials_dest)
      type: dict
    apps:
      description: The apps declared in the tenant, in the declared order.
      returned: always
      type: list
      elements: dict
      contains:
        name:
          description: Name of the app, as declared.
          returned: always
          type: str
        changed:
          description: Whether the run created it.
          returned: always
          type: bool
        failed:
          description: Whether it failed.
          returned: always
          type: bool
        msg:
          description: Why it failed, or why it was not started. Null else.
          returned: always
          type: str
        failure:
          description: What went wrong, for programs, as RV(failure). Null where it did not fail.
          returned: always
          type: dict
        reconciled:
          description: Whether the answer to the creation was lost, and a look-up proved it done.
          returned: always
          type: bool
        app:
          description:
            - The app, as M(partnerops.saas.mobsted_pwa_app) returns it. Null where it failed or was not started.
          returned: always
          type: dict
        drift:
          description:
            - Where an existing app differs from its declaration, as M(partnerops.saas.mobsted_pwa_app) returns it.
          returned: always
          type: list
          elements: dict
apps:
  description: The apps declared in the master account, in the declared order.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  contains:
    name:
      description: Name of the app, as declared.
      returned: always
      type: str
    changed:
      description: Whether the run created it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed, or why it was not started. Null else.
      returned: always
      type: str
    failure:
      description: What went wrong, for programs, as RV(failure). Null where it did not fail.
      returned: always
      type: dict
    reconciled:
      description: Whether the answer to the creation was lost, and a look-up proved it done.
      returned: always
      type: bool
    app:
      description: The app, as M(partnerops.saas.mobsted_pwa_app) returns it. Null where it failed or was not started.
      returned: always
      type: dict
    drift:
      description:
        - Where an existing app differs from its declaration, as M(partnerops.saas.mobsted_pwa_app) returns it.
      returned: always
      type: list
      elements: dict
undeclared:
  description: Addresses of the tenants in app ID 1 that are not declared. They are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: str
summary:
  description: How many there were of what.
  returned: success, and failure after the declaration was accepted
  type: dict
  contains:
    tenants:
      description:
        - The tenants by what became of them, as C(declared), C(created), C(unchanged), C(failed) and C(skipped).
      type: dict
      sample: {declared: 3, created: 1, unchanged: 2, failed: 0, skipped: 0}
    apps:
      description: The apps, those of the master account and of all tenants, likewise.
      type: dict
      sample: {declared: 2, created: 2, unchanged: 0, failed: 0, skipped: 0}
    undeclared:
      description: How many tenants are not declared.
      type: int
    requests:
      description: How many requests were sent, logins included.
      type: int
reconciled:
  description: Whether any answer to a creation was lost, and a look-up proved it done.
  returned: success
  type: bool
  sample: false
request_attempts:
  description: The most tries that any one request of the task took.
  returned: where anything was sent
  type: int
  sample: 1
failure:
  description:
    - What went wrong with the first item that failed, for programs. The codes are listed in the guide on errors and
      retries.
  returned: failure
  type: dict
  contains:
    code:
      description: Kind of the failure.
      type: str
      sample: unknown_outcome
    method:
      description: Method of the request, if there was one.
      type: str
      sample: POST
    path:
      description: Path of the request, without its query.
      type: str
      sample: /api/v8/applications
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
