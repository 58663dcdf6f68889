# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_fleet_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_fleet_info
short_description: Read all tenants and apps of a Mobsted master account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Lists all client sub-accounts (tenants) that app ID 1 of a Mobsted master account has on record, with their
    counters, and logs in to each to list its apps, several at the same time.
  - With O(tenants) and O(apps), it holds what is there against what is declared. Nothing is changed.
  - A tenant that can't be logged in to, since its owner changed the password, does not stop the others. It is told in
    RV(tenants[].failed) and RV(tenants[].msg), and the task goes on.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes.mobsted
options:
  tenants:
    description:
      - What is declared, each address once, as in M(partnerops.saas.mobsted_fleet). With it, the result tells what is
        missing, what differs and what is not declared.
    type: list
    elements: dict
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
              - An image file for the icon. It is not read here, since icons are not compared.
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
          - An image file for the icon. It is not read here, since icons are not compared.
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
  icons:
    description:
      - How many icons to read, from the first app of the result on. An icon is read only from the host of its account.
    type: int
    default: 0
seealso:
  - module: partnerops.saas.mobsted_fleet
  - module: partnerops.saas.mobsted_tenant_info
"""

EXAMPLES = r"""
- name: Read everything
  partnerops.saas.mobsted_fleet_info:
  register: all

- name: Show the apps of each tenant
  ansible.builtin.debug:
    msg: "{{ item.email }}: {{ item.apps | map(attribute='name') | join(', ') }}"
  loop: "{{ all.tenants }}"
  loop_control:
    label: "{{ item.email }}"

- name: Compare with what is declared
  partnerops.saas.mobsted_fleet_info:
    tenants:
      - email: owner@acme.example
        apps:
          - name: Acme Store
            website_url: https://store.acme.example
  register: compared

- name: Fail where somebody made a tenant that nobody declared
  ansible.builtin.assert:
    that: compared.undeclared | length == 0
"""

RETURN = r"""
account:
  description: The master account.
  returned: success
  type: dict
  contains:
    url:
      description: Its admin URL.
      type: str
      sample: https://ppp-admin.mobsted.com
tenants:
  description: The tenants on record in the API's order, then those that are declared and missing.
  returned: success
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address of the owner.
      type: str
      sample: owner@acme.example
    exists:
      description: Whether the tenant is there.
      type: bool
    declared:
      description: Whether the tenant is declared. Null without a declaration.
      type: bool
    failed:
      description: Whether the apps of the tenant could not be read.
      type: bool
    msg:
      description: Why the apps could not be read.
      type: str
    failure:
      description: The same for programs, as RV(failure).
      type: dict
    tenant:
      description: The tenant's record, as RV(partnerops.saas.mobsted_tenant#module:tenant). Null where it is missing.
      type: dict
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
    apps:
      description: The apps of the tenant in the API's order, then those that are declared and missing.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the app.
          type: str
          sample: Acme Store
        exists:
          description: Whether the app is there. Where it is declared and not there, it is missing.
          type: bool
        declared:
          description: Whether the app is declared. Null without a declaration.
          type: bool
        app:
          description: The app, as in RV(partnerops.saas.mobsted_pwa_app#module:app). Null where it is missing.
          type: dict
          contains:
            id:
              description: Id of the app.
              type: int
              sample: 78
            uuid:
              description: UUID of the app.
              type: str
              sample: a0581239-2029-489e-a213-08337ae121da
            name:
              description: Name of the app.
              type: str
              sample: Acme Store
            tenant:
              description: E-mail address of the tenant. Null in the account of O(api_url) itself.
              type: str
              sample: owner@acme.example
            short_url:
              description: Short link to the app.
              type: str
            qr_url:
              description: Address of the app's QR code, absolute.
              type: str
              sample: https://a23r56k8-admin.mobsted.com/tenants/a23r56k8/qr/78/qr.png
            icon_url:
              description: Address of the app's icon, absolute.
              type: str
              sample: https://a23r56k8-admin.mobsted.com/tenants/a23r56k8/iconapp/78/icon192x192.png
            link_instant:
              description: Link to the app with the instant prompt.
              type: str
            link_managed:
              description: Link to the app with the managed prompts.
              type: str
            created:
              description: When the app was created, as the API tells it, without time zone.
              type: str
              sample: "2020-09-01 09:50:18.107369"
        drift:
          description: Where the app differs from its declaration. What the list of apps does not tell is not compared.
          type: list
          elements: dict
          contains:
            field:
              description: The option.
              type: str
              sample: website_url
            declared:
              description: What the task declares.
              type: str
            actual:
              description: What the app has.
              type: str
        icon:
          description: The icon as a C(data) URI. Null where it is none, or where O(icons) ends before.
          type: str
        problem:
          description: Why a declared app could not be told among those that are there.
          type: str
apps:
  description: The apps of the master account itself, as RV(tenants[].apps), without app ID 1, which holds the tenants.
  returned: success
  type: list
  elements: dict
undeclared:
  description: Addresses of tenants that are there and not declared. Empty without a declaration.
  returned: success
  type: list
  elements: str
undeclared_apps:
  description:
    - Apps that exist and are not declared, each with C(tenant) (null for the master account), C(name) and C(id). Empty
      without a declaration.
  returned: success
  type: list
  elements: dict
  version_added: 1.1.0
missing:
  description: Addresses of tenants that are declared and not there.
  returned: success
  type: list
  elements: str
summary:
  description: Numbers.
  returned: success
  type: dict
  contains:
    declaration:
      description: Whether there was a declaration to compare with.
      type: bool
    tenants:
      description: How many tenants were C(found), are C(unreadable), C(undeclared) and C(missing).
      type: dict
    apps:
      description: How many apps were C(found), have C(drifted), are C(undeclared) and C(missing).
      type: dict
    requests:
      description: How many requests were sent.
      type: int
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
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
