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
  on_stale_credentials:
    description:
      - What to do if the password on record does not open the account of a tenant any more, which happens as soon as
        its owner changes it, and O(tenants[].tenant_password) is not given.
      - With V(fail), the tenant's apps fail.
      - With V(warn), the tenant and its apps are reported as unverified, with a warning, and do not fail.
    type: str
    choices: [fail, warn]
    default: fail
    version_added: 1.1.0
  max_creates:
    description:
      - A plan that would create more tenants and apps than this is refused before the first of them is created, since
        they can't be removed again.
      - In check mode, the task fails and returns the plan.
    type: int
    version_added: 1.1.0
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
    unverified:
      description:
        - Whether its apps could not be compared because its password on record is out of date, with
          O(on_stale_credentials=warn). C(msg) says so.
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
        not_compared:
          description: Declared options of an existing app that the API does not show, so that nothing is known of them.
          returned: always
          type: list
          elements: str
          sample: [widget_html]
        unverified:
          description: Whether it could not be compared, as with O(on_stale_credentials=warn). C(msg) says why.
          returned: always
          type: bool
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
    not_compared:
      description: Declared options of an existing app that the API does not show, so that nothing is known of them.
      returned: always
      type: list
      elements: str
      sample: [widget_html]
    unverified:
      description: Whether it could not be compared, as with O(on_stale_credentials=warn). C(msg) says why.
      returned: always
      type: bool
undeclared:
  description: Addresses of the tenants in app ID 1 that are not declared. They are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: str
undeclared_apps:
  description:
    - Apps that are not declared, in the accounts of which apps are declared, each with C(tenant) (null for the master
      account), C(name) and C(id). They are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  version_added: 1.1.0
  sample: [{tenant: owner@acme.example, name: Old Store, id: 7}]
plan:
  description:
    - What the run would do in check mode, and what it did otherwise, each declared thing once.
    - Every entry has C(kind), C(label) (what messages call it) and the keys that name it.
  returned: success, and failure after the declaration was accepted
  type: dict
  version_added: 1.1.0
  contains:
    create:
      description: What is created, with C(id), C(attributes) and C(link), which are null where they are not known.
      type: list
      elements: dict
    change:
      description: Whom the run blocks or unblocks, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    remove:
      description: Whom the run removes, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    differs:
      description: Apps that differ from their declaration, with C(drift). No run changes them.
      type: list
      elements: dict
    unverified:
      description: Tenants whose C(apps) could not be compared, with C(msg).
      type: list
      elements: dict
    unconfirmed:
      description: Members whose invitation has no known outcome.
      type: list
      elements: dict
    undeclared:
      description: What exists and is not declared. It is never touched.
      type: list
      elements: dict
    failed:
      description: What failed, with C(msg).
      type: list
      elements: dict
    skipped:
      description: What was not started, with C(msg).
      type: list
      elements: dict
    in_sync:
      description: How many things are as declared.
      type: int
      sample: 8
    line:
      description: The last line of the diff.
      type: str
      sample: "Plan: 4 to create, 1 differs, 1 unverified, 2 not declared, 8 in sync"
summary:
  description: How many there were of what.
  returned: success, and failure after the declaration was accepted
  type: dict
  contains:
    tenants:
      description:
        - The tenants by what became of them, as C(declared), C(created), C(unchanged), C(drifted), C(unverified),
          C(failed) and C(skipped). Each is counted once, so one that is unverified is not counted as unchanged.
      type: dict
      sample: {declared: 3, created: 1, unchanged: 2, drifted: 0, unverified: 0, failed: 0, skipped: 0}
    apps:
      description: The apps, those of the master account and of all tenants, likewise.
      type: dict
      sample: {declared: 2, created: 2, unchanged: 0, drifted: 0, unverified: 0, failed: 0, skipped: 0}
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
