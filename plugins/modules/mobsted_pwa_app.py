# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_pwa_app``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_pwa_app
short_description: Create PWA wrapper apps in a Mobsted account
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes sure that a PWA wrapper app exists, in a tenant or in the account of O(api_url) itself.
  - The account's apps are listed and compared with O(name) exactly before anything is created, so the task can be
    repeated at
    will. App ID 1 of the master account, which holds the records of all tenants, is never matched, changed or shadowed.
  - The API documents no way to change an app. Where an existing app differs from its declaration, it is reported in
    RV(drift).
  - If the answer to the creation is lost, the app is looked up until O(settle) ends. Where it appears, the task
    succeeds and
    says RV(reconciled). It is never created twice.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mobsted
options:
  tenant:
    description:
      - E-mail address of the sub-account to work in. The tenant is looked up in app ID 1 of the master account that
        O(api_url)
        names, and logged in to with the credentials on record.
      - Without it, the work is done in the account of O(api_url) itself.
    type: str
  tenant_password:
    description:
      - Password of the tenant, where its owner changed the one on record.
    type: str
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
        O(ansible.builtin.copy#module:src),
        in C(files/) of the role or playbook. An icon that exists already is not compared.
    type: path
  widget_html:
    description:
      - HTML of the instant prompt to save the app.
    type: str
  push_widget_html:
    description:
      - HTML of the managed prompt for push permission. The vendor recommends to give it, since changing it later is
        slow.
    type: str
  save_widget_html:
    description:
      - HTML of the managed prompt to save the app. The vendor recommends to give it, since changing it later is slow.
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
seealso:
  - module: partnerops.saas.mobsted_pwa_app_info
  - module: partnerops.saas.mobsted_tenant
  - name: Create Apps by API
    description: The vendor's documentation of the call.
    link: https://docs.mobsted.com/display/KB/Create+Apps+by+API
"""

EXAMPLES = r"""
- name: Create an app in a tenant's account
  partnerops.saas.mobsted_pwa_app:
    tenant: owner@acme.example
    name: Acme Store
    website_url: https://store.acme.example
    splash_color: "#dbdbdb"
    panel_color: "#ffffff"
    icon: acme.png
  register: store

- name: Show where it is
  ansible.builtin.debug:
    msg: "{{ store.app.short_url }}"

- name: Fail where somebody changed the app by hand
  partnerops.saas.mobsted_pwa_app:
    tenant: owner@acme.example
    name: Acme Store
    website_url: https://store.acme.example
    on_drift: fail
"""

RETURN = r"""
app:
  description: The app. In check mode, what is not known yet is null.
  returned: success
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
      description: E-mail address of the tenant in whose account the app is. Null in the account of O(api_url) itself.
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
  description: Where an existing app differs from its declaration. What the list of apps does not tell is not compared.
  returned: success
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
not_compared:
  description: Declared options of an existing app that the API does not show, so that nothing is known of them.
  returned: success
  type: list
  elements: str
  version_added: 1.1.0
  sample: [widget_html]
reconciled:
  description: Whether the answer to the creation was lost, and a look-up proved it done.
  returned: success
  type: bool
  sample: false
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
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
