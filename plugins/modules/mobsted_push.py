# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mobsted_push``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mobsted_push
short_description: Send a push message to an end user of a Mobsted app
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Sends one push message to the end user whom a link with C(utm_extid) made known to the app. Only users who allowed
    push messages get it.
  - The vendor publishes the body of the call, but not its path. O(api_paths) must name it in C(push), as the vendor
    told you. Without it, nothing is sent.
  - Each run sends a message. It is sent at most once in a task. Where the answer is lost, the task fails with the code
    V(unknown_outcome) in RV(failure), since nobody can tell whether the user got it.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mobsted
attributes:
  check_mode:
    details:
      - The options are checked, and with O(tenant) the tenant is looked up and logged in to. No message is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends a message.
options:
  tenant:
    description:
      - E-mail address of the sub-account that has the app. The tenant is looked up in app ID 1 of the master account
        that O(api_url) names, and logged in to with the credentials on record.
      - Without it, the app is one of the account of O(api_url) itself.
    type: str
  tenant_password:
    description:
      - Password of the tenant, where its owner changed the one on record.
    type: str
  app_id:
    description:
      - Id of the app.
    type: raw
    required: true
  ext_id:
    description:
      - The end user, exactly as C(utm_extid) named it in the link. Upper and lower case count.
      - It must hold no personal data, such as an e-mail address or a telephone number.
    type: str
    required: true
  title:
    description:
      - Title of the message.
    type: str
    required: true
  text:
    description:
      - Text of the message. A C(#) starts a hashtag of the platform's own templates.
      - Usually given as C(message), as the vendor's field is called. Both names mean the same. C(message) can't be the
        option's own name, since ansible-core reserves that for itself.
    type: str
    required: true
seealso:
  - module: partnerops.saas.mobsted_pwa_app
  - plugin: partnerops.saas.mobsted_app_link
    plugin_type: filter
  - name: Send Push to Android and iOS
    description: The vendor's documentation of the call.
    link: https://docs.mobsted.com/display/KB/Send+Push+to+Android+and+iOS
"""

EXAMPLES = r"""
- name: Tell a customer that the order is ready
  partnerops.saas.mobsted_push:
    tenant: owner@acme.example
    app_id: 78
    ext_id: "100500"
    title: Your order is ready
    message: Come and collect it until 18:00.
    api_paths:
      push: push  # ask the vendor: the path is not published
"""

RETURN = r"""
push:
  description: What was sent to whom, without the text of the message.
  returned: success
  type: dict
  contains:
    tenant:
      description: E-mail address of the tenant. Null in the account of O(api_url) itself.
      type: str
      sample: owner@acme.example
    app_id:
      description: Id of the app.
      type: int
      sample: 78
    ext_id:
      description: The end user.
      type: str
      sample: "100500"
    title:
      description: Title of the message.
      type: str
      sample: Your order is ready
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
      sample: /api/v8/push
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.push import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
