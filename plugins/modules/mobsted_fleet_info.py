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
  - Lists all client sub-accounts (tenants) that have a record in app ID 1 of a Mobsted master account, with their
    counters. The module then logs in to each tenant and lists its apps, several tenants at the same time.
  - With O(tenants) or O(apps), it also compares what exists with what is declared. It changes nothing.
  - If the login to a tenant fails, for example because the client changed the password, the task continues with the
    other tenants. It reports the failure in RV(tenants[].failed) and RV(tenants[].msg).
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
options:
  tenants:
    description:
      - The declared tenants, in the same form as in M(partnerops.saas.mobsted_fleet). Each e-mail address may
        occur only once.
      - If O(tenants) or O(apps) is set, the result says what is missing, what differs and what is not declared.
    type: list
    elements: dict
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
          # BEGIN generated: app_compare
          icon:
            description:
              - Accepted and ignored, so that you can use the declaration for M(partnerops.saas.mobsted_fleet)
                unchanged. Icons are not compared.
            type: path
          on_drift:
            description:
              - Accepted and ignored, so that you can use the declaration for M(partnerops.saas.mobsted_fleet)
                unchanged. This module only reports differences.
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
      # BEGIN generated: app_compare
      icon:
        description:
          - Accepted and ignored, so that you can use the declaration for M(partnerops.saas.mobsted_fleet) unchanged.
            Icons are not compared.
        type: path
      on_drift:
        description:
          - Accepted and ignored, so that you can use the declaration for M(partnerops.saas.mobsted_fleet) unchanged.
            This module only reports differences.
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
  icons:
    description:
      - How many icons to read, starting with the first app in the result. The module only reads an icon from the host
        of its account.
    type: int
    default: 0
seealso:
  - module: partnerops.saas.mobsted_fleet
  - module: partnerops.saas.mobsted_tenant_info
  - module: partnerops.saas.mobsted_pwa_app_info
  - plugin: partnerops.saas.partner_report
    plugin_type: filter
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

- name: Compare with a declaration
  partnerops.saas.mobsted_fleet_info:
    tenants:
      - email: owner@acme.example
        apps:
          - name: Acme Store
            website_url: https://store.acme.example
  register: compared

- name: Fail if there is a tenant that is not declared
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
      description: Admin URL of the account.
      type: str
      sample: https://ppp-admin.mobsted.com
tenants:
  description: The tenants in the order in which the API lists them, followed by those that are declared but missing.
  returned: success
  type: list
  elements: dict
  contains:
    email:
      description: E-mail address of the tenant's owner.
      type: str
      sample: owner@acme.example
    exists:
      description: Whether the tenant exists.
      type: bool
    declared:
      description: Whether the tenant is declared. Null without a declaration.
      type: bool
    failed:
      description: Whether the apps of the tenant could not be read.
      type: bool
    msg:
      description: Why the apps could not be read. Null if they were read.
      type: str
    failure:
      description: Details of the error, as in RV(failure). Null if there was none.
      type: dict
    tenant:
      description: The tenant, as in RV(partnerops.saas.mobsted_tenant#module:tenant). Null if it does not exist.
      type: dict
    stats:
      description: The counters in the tenant's record, each null if the record does not have it. The whole value is
        null if the tenant does not exist.
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
    apps:
      description: The apps of the tenant in the order in which the API lists them, followed by those that are
        declared but missing.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the app.
          type: str
          sample: Acme Store
        exists:
          description: Whether the app exists.
          type: bool
        declared:
          description: Whether the app is declared. Null without a declaration.
          type: bool
        app:
          description: The app. Null if it does not exist.
          type: dict
          contains:
            # BEGIN generated: app
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
              description: E-mail address of the tenant that has the app. Null for an app of the account
                of O(api_url) itself.
              type: str
              sample: owner@acme.example
            short_url:
              description: Short link to the app.
              type: str
            qr_url:
              description: Absolute URL of the app's QR code.
              type: str
              sample: https://a23r56k8-admin.mobsted.com/tenants/a23r56k8/qr/78/qr.png
            icon_url:
              description: Absolute URL of the app's icon.
              type: str
              sample: https://a23r56k8-admin.mobsted.com/tenants/a23r56k8/iconapp/78/icon192x192.png
            link_instant:
              description: Link to the app with the instant prompt.
              type: str
            link_managed:
              description: Link to the app with the managed prompts.
              type: str
            created:
              description: When the app was created, as the API returns it, without a time zone.
              type: str
              sample: "2020-09-01 09:50:18.107369"
            title:
              description: Title of the app. This and the fields below are null if the API does not show them.
              type: str
              sample: Acme Store
            description:
              description: Description of the app.
              type: str
            splash_color:
              description: Colour of the splash screen.
              type: str
              sample: "#1557b0"
            panel_color:
              description: Colour of the panel.
              type: str
              sample: "#ffffff"
            website_url:
              description: Site that the app wraps.
              type: str
              sample: https://store.acme.example
            widget_html:
              description: HTML of the instant prompt.
              type: str
            push_widget_html:
              description: HTML of the managed prompt for push permission.
              type: str
            save_widget_html:
              description: HTML of the managed prompt that offers to save the app.
              type: str
            # END generated
        # BEGIN generated: drift returned=always
        drift:
          description:
            - The declared fields in which the existing app differs. A field that the API does not show is not compared.
          returned: always
          type: list
          elements: dict
          contains:
            field:
              description: Name of the option.
              type: str
              sample: website_url
            declared:
              description: The declared value.
              type: str
              sample: https://store.acme.example
            actual:
              description: The value that the app has.
              type: str
              sample: https://shop.acme.example
        # END generated
        icon:
          description: The icon as a C(data) URI. Null if it could not be read or O(icons) does not reach it.
          type: str
        problem:
          description: Why the declared app could not be identified among the existing ones. Null otherwise.
          type: str
apps:
  description: The apps of the master account itself, in the form of RV(tenants[].apps). App ID 1, which contains the
    records of the tenants, is left out.
  returned: success
  type: list
  elements: dict
undeclared:
  description: E-mail addresses of the tenants that exist but are not declared. Empty without a declaration.
  returned: success
  type: list
  elements: str
  sample: [owner@initech.example]
undeclared_apps:
  description:
    - Apps that exist but are not declared, each with C(tenant) (null for the master account), C(name) and C(id). Empty
      without a declaration.
  returned: success
  type: list
  elements: dict
  version_added: 1.1.0
missing:
  description: E-mail addresses of the tenants that are declared but do not exist.
  returned: success
  type: list
  elements: str
  sample: [owner@globex.example]
summary:
  description: Counts of the tenants, apps and requests.
  returned: success
  type: dict
  contains:
    declaration:
      description: Whether there was a declaration to compare with.
      type: bool
      sample: true
    tenants:
      description: How many tenants are C(found), C(unreadable), C(undeclared) and C(missing).
      type: dict
      sample: {found: 3, unreadable: 0, undeclared: 1, missing: 1}
    apps:
      description: How many apps are C(found), C(drifted), C(undeclared) and C(missing).
      type: dict
      sample: {found: 5, drifted: 1, undeclared: 0, missing: 2}
    requests:
      description: How many requests the task sent, including logins.
      type: int
      sample: 9
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
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.fleet_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
