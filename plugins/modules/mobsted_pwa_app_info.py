# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_pwa_app_info``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_pwa_app_info
short_description: Read the apps of a Mobsted account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Lists the apps in the account of a tenant, or in the account of O(api_url) itself.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
options:
  # BEGIN generated: in_tenant
  tenant:
    description:
      - E-mail address of the tenant in whose account to work. The module looks the tenant up in app ID 1 of the master
        account, which is the account of O(api_url), and logs in with the credentials on record there.
      - If not set, the module works in the account of O(api_url) itself.
    type: str
  tenant_password:
    description:
      - Password of the tenant's account. Only needed if the client changed the password on record.
    type: str
  # END generated
  name:
    description:
      - Name of the apps to return. If no app has exactly this name, RV(apps) is empty.
      - If not set, the module returns all apps.
    type: str
seealso:
  - module: partnerops.saas.mobsted_pwa_app
  - module: partnerops.saas.mobsted_fleet_info
"""

EXAMPLES = r"""
- name: Read the apps of a tenant
  partnerops.saas.mobsted_pwa_app_info:
    tenant: owner@acme.example
  register: found

- name: Show their short links
  ansible.builtin.debug:
    msg: "{{ found.apps | map(attribute='short_url') }}"
"""

RETURN = r"""
apps:
  description: The apps, in the order in which the API lists them.
  returned: success
  type: list
  elements: dict
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
      description: E-mail address of the tenant that has the app. Null for an app of the account of O(api_url) itself.
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
# BEGIN generated: failure of="the error" code=not_found method=GET path=/api/v8/applications status=404
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
      sample: not_found
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: GET
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /api/v8/applications
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 404
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
