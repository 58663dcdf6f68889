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
  - Creates the declared tenants and apps that do not exist yet, any number of them in a single task. For each one, it
    does what M(partnerops.saas.mobsted_tenant) or M(partnerops.saas.mobsted_pwa_app) does.
  - The module lists app ID 1 of the master account once, in pages of 200. It then only sends what is missing,
    over O(concurrency) connections. It only logs in to a tenant that has declared apps, and lists the apps of
    each account once.
  - The module checks the whole declaration before it sends anything.
  - If an item fails, the module still works through the others, unless you set O(on_error=stop). The task then fails at
    the end, names each failed item and returns the complete result.
  - On a terminal, the module shows its progress about once a second.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
options:
  tenants:
    description:
      - The declared tenants. Each e-mail address may occur only once.
    type: list
    elements: dict
    default: []
    suboptions:
      # BEGIN generated: fleet_tenant
      email:
        description:
          - E-mail address of the tenant's owner.
        type: str
        required: true
      tenant_password:
        description:
          - Password of the tenant's account. Only needed if apps are declared and the client changed the
            password on record.
        type: str
      # END generated
      apps:
        description:
          - The declared apps in the tenant's account. Each name may occur only once, unless each of those apps has
            its own O(tenants[].apps[].app_id).
        type: list
        elements: dict
        default: []
        suboptions:
          # BEGIN generated: app_options
          name:
            description:
              - Name of the app. Existing apps are matched by their names.
            type: str
            required: true
          website_url:
            description:
              - URL of the website that the app wraps. Required to create the app.
            type: str
          title:
            description:
              - Title of the app. A new app gets its name as its title if this is not set.
            type: str
          description:
            description:
              - Description of the app.
            type: str
          splash_color:
            description:
              - Colour of the splash screen, in the form V(#rrggbb).
            type: str
          panel_color:
            description:
              - Colour of the panel, in the form V(#rrggbb).
            type: str
          widget_html:
            description:
              - HTML of the instant prompt that offers to save the app.
            type: str
          push_widget_html:
            description:
              - HTML of the managed prompt that asks for push permission. The vendor recommends setting it when the app
                is created, because changing it later is slow.
            type: str
          save_widget_html:
            description:
              - HTML of the managed prompt that offers to save the app. The vendor recommends setting it when the app is
                created, because changing it later is slow.
            type: str
          app_id:
            description:
              - Id of the app, needed to pick one of several with the same name.
              - It also picks an app that the API lists under a changed form of the name.
            type: raw
          state:
            description:
              - The API has no call to remove an app, so V(present) is the only choice.
            type: str
            choices: [present]
            default: present
          # END generated
          # BEGIN generated: app_create
          icon:
            description:
              - Image file to use as the icon. As with M(ansible.builtin.copy), a relative path is searched for in the
                C(files) folder of the role or playbook.
              - The icon of an existing app is not compared.
            type: path
          on_drift:
            description:
              - What to do if an existing app differs from its declaration. V(warn) issues a warning, V(fail) is an
                error, and V(ignore) is neither. The result lists the differences in any case.
            type: str
            choices: [warn, fail, ignore]
            default: warn
          # END generated
  apps:
    description:
      - The declared apps in the master account itself. Each name may occur only once, unless each of those apps has
        its own O(apps[].app_id).
    type: list
    elements: dict
    default: []
    suboptions:
      # BEGIN generated: app_options
      name:
        description:
          - Name of the app. Existing apps are matched by their names.
        type: str
        required: true
      website_url:
        description:
          - URL of the website that the app wraps. Required to create the app.
        type: str
      title:
        description:
          - Title of the app. A new app gets its name as its title if this is not set.
        type: str
      description:
        description:
          - Description of the app.
        type: str
      splash_color:
        description:
          - Colour of the splash screen, in the form V(#rrggbb).
        type: str
      panel_color:
        description:
          - Colour of the panel, in the form V(#rrggbb).
        type: str
      widget_html:
        description:
          - HTML of the instant prompt that offers to save the app.
        type: str
      push_widget_html:
        description:
          - HTML of the managed prompt that asks for push permission. The vendor recommends setting it when the app is
            created, because changing it later is slow.
        type: str
      save_widget_html:
        description:
          - HTML of the managed prompt that offers to save the app. The vendor recommends setting it when the app is
            created, because changing it later is slow.
        type: str
      app_id:
        description:
          - Id of the app, needed to pick one of several with the same name.
          - It also picks an app that the API lists under a changed form of the name.
        type: raw
      state:
        description:
          - The API has no call to remove an app, so V(present) is the only choice.
        type: str
        choices: [present]
        default: present
      # END generated
      # BEGIN generated: app_create
      icon:
        description:
          - Image file to use as the icon. As with M(ansible.builtin.copy), a relative path is searched for in the
            C(files) folder of the role or playbook.
          - The icon of an existing app is not compared.
        type: path
      on_drift:
        description:
          - What to do if an existing app differs from its declaration. V(warn) issues a warning, V(fail) is an error,
            and V(ignore) is neither. The result lists the differences in any case.
        type: str
        choices: [warn, fail, ignore]
        default: warn
      # END generated
  # BEGIN generated: concurrency
  concurrency:
    description:
      - How many requests to send at the same time, from 1 to 32. If the API asks to slow down, all requests wait.
    type: int
    default: 8
  # END generated
  # BEGIN generated: on_error msg=tenants[].msg
  on_error:
    description:
      - What to do with the other items if one fails.
      - With V(continue), the module works through all of them.
      - With V(stop), it starts no further item, but finishes those that it has already started. An item that was not
        started is neither changed nor failed, and its RV(tenants[].msg) says so.
    type: str
    choices: [continue, stop]
    default: continue
  # END generated
  # BEGIN generated: max_creates
  max_creates:
    description:
      - The most things that the task may create. What is created can't be removed with the API, so a mistake in a long
        declaration is worth stopping.
      - If more would be created, the task fails before it creates the first one. By default there is no limit.
    type: int
    version_added: 1.1.0
  # END generated
  on_stale_credentials:
    description:
      - What to do with a tenant whose password on record no longer opens the account, because the client changed it.
        Its apps can't be checked.
      - With V(fail), the tenant's apps fail.
      - With V(warn), they are counted as unverified, and the task succeeds with a warning.
    type: str
    choices: [fail, warn]
    default: fail
    version_added: 1.1.0
  # BEGIN generated: credentials
  credentials_dest:
    description:
      - YAML file to keep the credentials in. It maps each e-mail address to C(url), C(login) and C(password), and the
        result then contains no password.
      - The module merges its entries into the file, encrypts it with Ansible Vault, using the vault secret of the run,
        and replaces it as a whole, with mode V(0600).
      - If the entry of an existing tenant is missing, the module fills it from the tenant's record in app ID 1, if the
        password is still there. This counts as a change.
      - Only works in the Ansible process on the controller. With a remote connection, O(ignore:become) or
        O(ignore:async), the task fails before it sends anything.
      - A relative path starts in the folder in which the command was started.
    type: path
  credentials_vault_id:
    description:
      - Id of the vault secret that encrypts O(credentials_dest), if the run has several.
    type: str
  credentials_plaintext:
    description:
      - Whether O(credentials_dest) may be written without encryption if the run has no vault secret.
    type: bool
    default: false
  # END generated
notes:
  - In diff mode, C(+) marks what is created, C(~) an app that differs from its declaration, and C(?) a tenant that is
    not declared. The module only acts on the first kind.
seealso:
  - module: partnerops.saas.mobsted_fleet_info
  - module: partnerops.saas.mobsted_tenant
  - module: partnerops.saas.mobsted_pwa_app
  - ref: ansible_collections.partnerops.saas.docsite.guide_fleet
    description: How to work with many tenants.
"""

EXAMPLES = r"""
- name: Create the declared tenants and apps
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

- name: Show the tenants that are not declared
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
    # BEGIN generated: item verb=created
    changed:
      description: Whether the task created it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed or was not started. Null otherwise.
      returned: always
      type: str
    failure:
      description: Details of the error, as in RV(failure). Null if it did not fail.
      returned: always
      type: dict
    # END generated
    # BEGIN generated: reconciled write="the create request" proof="a look-up" returned=always
    reconciled:
      description: Whether the response to the create request was lost and a look-up then showed that it had worked.
      returned: always
      type: bool
      sample: false
    # END generated
    unverified:
      description:
        - Whether its apps could not be compared because its password on record is out of date, with
          O(on_stale_credentials=warn). C(msg) says so.
      returned: always
      type: bool
    tenant:
      description:
        - The tenant, as in RV(partnerops.saas.mobsted_tenant#module:tenant). Null if it failed or was not started.
        - For a tenant that was just created, C(id) and C(created) are null if the API did not return them. The module
          does not read the new record.
      returned: always
      type: dict
    credentials:
      description:
        - C(login) and C(password) of the new account. The vendor shows them only once.
        - If the task runs in the Ansible process on the controller, later tasks can use the value, but it is not
          displayed. Before ansible-core 2.22, the whole result is hidden then, which O(credentials_dest) avoids. If the
          task runs as an ordinary module on these releases, only C(no_log=true) on the task hides the value.
      returned: when the task created the tenant, unless the credentials are in O(credentials_dest)
      type: dict
    apps:
      description: The declared apps of the tenant, in the declared order.
      returned: always
      type: list
      elements: dict
      contains:
        # BEGIN generated: fleet_app
        name:
          description: Name of the app, as declared.
          returned: always
          type: str
          sample: Acme Store
        app:
          description: The app, as in RV(partnerops.saas.mobsted_pwa_app#module:app). Null if it failed or
            was not started.
          returned: always
          type: dict
        drift:
          description: The declared fields that differ, as in RV(partnerops.saas.mobsted_pwa_app#module:drift).
          returned: always
          type: list
          elements: dict
        not_compared:
          description: Declared options of an existing app that the API does not show, so they are not compared.
          returned: always
          type: list
          elements: str
          sample: [widget_html]
        unverified:
          description: Whether the app could not be compared, with O(on_stale_credentials=warn). C(msg) says why.
          returned: always
          type: bool
          sample: false
        # END generated
        # BEGIN generated: item verb=created
        changed:
          description: Whether the task created it.
          returned: always
          type: bool
        failed:
          description: Whether it failed.
          returned: always
          type: bool
        msg:
          description: Why it failed or was not started. Null otherwise.
          returned: always
          type: str
        failure:
          description: Details of the error, as in RV(failure). Null if it did not fail.
          returned: always
          type: dict
        # END generated
        # BEGIN generated: reconciled write="the create request" proof="a look-up" returned=always
        reconciled:
          description: Whether the response to the create request was lost and a look-up then showed that it had worked.
          returned: always
          type: bool
          sample: false
        # END generated
apps:
  description: The declared apps of the master account, in the declared order.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  contains:
    # BEGIN generated: fleet_app
    name:
      description: Name of the app, as declared.
      returned: always
      type: str
      sample: Acme Store
    app:
      description: The app, as in RV(partnerops.saas.mobsted_pwa_app#module:app). Null if it failed or was not started.
      returned: always
      type: dict
    drift:
      description: The declared fields that differ, as in RV(partnerops.saas.mobsted_pwa_app#module:drift).
      returned: always
      type: list
      elements: dict
    not_compared:
      description: Declared options of an existing app that the API does not show, so they are not compared.
      returned: always
      type: list
      elements: str
      sample: [widget_html]
    unverified:
      description: Whether the app could not be compared, with O(on_stale_credentials=warn). C(msg) says why.
      returned: always
      type: bool
      sample: false
    # END generated
    # BEGIN generated: item verb=created
    changed:
      description: Whether the task created it.
      returned: always
      type: bool
    failed:
      description: Whether it failed.
      returned: always
      type: bool
    msg:
      description: Why it failed or was not started. Null otherwise.
      returned: always
      type: str
    failure:
      description: Details of the error, as in RV(failure). Null if it did not fail.
      returned: always
      type: dict
    # END generated
    # BEGIN generated: reconciled write="the create request" proof="a look-up" returned=always
    reconciled:
      description: Whether the response to the create request was lost and a look-up then showed that it had worked.
      returned: always
      type: bool
      sample: false
    # END generated
undeclared:
  description: E-mail addresses of the tenants in app ID 1 that are not declared. The module never touches them.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: str
  sample: [owner@initech.example]
undeclared_apps:
  description:
    - Apps that are not declared, in accounts for which apps are declared. Each has C(tenant) (null for the master
      account), C(name) and C(id). They are never touched.
  returned: success, and failure after the declaration was accepted
  type: list
  elements: dict
  version_added: 1.1.0
  sample: [{tenant: owner@acme.example, name: Old Store, id: 7}]
# BEGIN generated: plan
plan:
  description:
    - What the run would do in check mode, and what it did otherwise, each declared thing once.
    - Every entry has C(kind), C(label) (what messages call it) and the keys that identify it.
  returned: success, and failure after the declaration was accepted
  type: dict
  version_added: 1.1.0
  contains:
    create:
      description: What is created, with C(id), C(attributes) and C(link), which are null where they are not known.
      type: list
      elements: dict
    change:
      description: People whom the run blocks or unblocks, with C(before) and C(after). Only at MIP.
      type: list
      elements: dict
    remove:
      description: People whom the run removes, with C(before) and C(after). Only at MIP.
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
# END generated
summary:
  description: Counts of the items and requests.
  returned: success, and failure after the declaration was accepted
  type: dict
  contains:
    tenants:
      description:
        - How many tenants are C(declared), and how many of them are C(created), C(unchanged), C(drifted),
          C(unverified), C(failed) and C(skipped). Each is counted once, so an unverified one does not
          count as unchanged.
      type: dict
      sample: {declared: 3, created: 1, unchanged: 2, drifted: 0, unverified: 0, failed: 0, skipped: 0}
    apps:
      description: The same counts for the apps of the master account and of all tenants.
      type: dict
      sample: {declared: 2, created: 2, unchanged: 0, drifted: 0, unverified: 0, failed: 0, skipped: 0}
    undeclared:
      description: How many tenants are not declared.
      type: int
      sample: 1
    requests:
      description: How many requests the task sent, including logins.
      type: int
      sample: 12
# BEGIN generated: reconciled write="any create request" proof="a look-up" returned=success
reconciled:
  description: Whether the response to any create request was lost and a look-up then showed that it had worked.
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
# BEGIN generated: failure of="the first failed item" code=unknown_outcome method=POST path=/api/v8/partners status=502
failure:
  description:
    - Details of the first failed item, for use in conditions.
    - The R(guide on errors and retries,ansible_collections.partnerops.saas.docsite.guide_errors) explains each code.
  returned: failure
  type: dict
  contains:
    code:
      description: Code of the error.
      type: str
      sample: unknown_outcome
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /api/v8/partners
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 502
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
