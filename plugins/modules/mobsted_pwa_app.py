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
  - Creates a PWA wrapper app in the account of a tenant, or in the account of O(api_url) itself, if it does not exist.
  - The module first lists the apps of the account and looks for O(name), so you can run the task again at any time. It
    never matches, changes or shadows app ID 1 of the master account, which contains the records of all tenants.
  - The API has no call to change an app. If an existing app differs from its declaration, the module reports
    that in RV(drift).
  - If the response to the create request is lost, the module keeps looking for the app until O(settle) ends. If the app
    appears, the task succeeds with RV(reconciled=true). The module never sends the request twice.
extends_documentation_fragment:
  - partnerops.saas.mobsted
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
      - Image file to use as the icon. As with M(ansible.builtin.copy), a relative path is searched for in the C(files)
        folder of the role or playbook.
      - The icon of an existing app is not compared.
    type: path
  on_drift:
    description:
      - What to do if an existing app differs from its declaration. V(warn) issues a warning, V(fail) is an error, and
        V(ignore) is neither. The result lists the differences in any case.
    type: str
    choices: [warn, fail, ignore]
    default: warn
  # END generated
seealso:
  - module: partnerops.saas.mobsted_pwa_app_info
  - module: partnerops.saas.mobsted_tenant
  - module: partnerops.saas.mobsted_fleet
  - plugin: partnerops.saas.mobsted_app_link
    plugin_type: filter
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

- name: Show its short link
  ansible.builtin.debug:
    msg: "{{ store.app.short_url }}"

- name: Fail if somebody changed the app by hand
  partnerops.saas.mobsted_pwa_app:
    tenant: owner@acme.example
    name: Acme Store
    website_url: https://store.acme.example
    on_drift: fail
"""

RETURN = r"""
app:
  description: The app. In check mode, values that are not known yet are null.
  returned: success
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
# BEGIN generated: drift returned="success, and failure with O(on_drift=fail)"
drift:
  description:
    - The declared fields in which the existing app differs. A field that the API does not show is not compared.
  returned: success, and failure with O(on_drift=fail)
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
not_compared:
  description: Declared options of an existing app that the API does not show, so they are not compared.
  returned: success
  type: list
  elements: str
  version_added: 1.1.0
  sample: [widget_html]
# BEGIN generated: reconciled write="the create request" proof="a look-up" returned=success
reconciled:
  description: Whether the response to the create request was lost and a look-up then showed that it had worked.
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
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/api/v8/applications status=502
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
      sample: unknown_outcome
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /api/v8/applications
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
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
