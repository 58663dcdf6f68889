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
  - Lists the apps of a tenant, or of the account of O(api_url) itself.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes.info
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
      - Only apps with exactly this name. If there is none, RV(apps) is empty.
    type: str
seealso:
  - module: partnerops.saas.mobsted_pwa_app
"""

EXAMPLES = r"""
- name: Read the apps of a tenant
  partnerops.saas.mobsted_pwa_app_info:
    tenant: owner@acme.example
  register: found

- name: Show their addresses
  ansible.builtin.debug:
    msg: "{{ found.apps | map(attribute='short_url') }}"
"""

RETURN = r"""
apps:
  description: The apps.
  returned: success
  type: list
  elements: dict
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
      sample: /api/v8/applications
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 403
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.pwa_app_info import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
