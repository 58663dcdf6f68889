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
  - Sends one push message to one end user of an app. The app knows the user from a link with C(utm_extid). Only users
    who allowed push messages receive it.
  - The vendor publishes the body of the call but not its path. Ask the vendor for the path and set it as C(push) in
    O(api_paths). Without it, the task fails before it sends anything.
  - Each run sends a message, and each task sends at most one. If the response is lost, the task fails with
    RV(failure.code=unknown_outcome), because the message may or may not have been delivered.
extends_documentation_fragment:
  - partnerops.saas.mobsted
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mobsted
attributes:
  check_mode:
    details:
      - The module checks the options and, with O(tenant), looks the tenant up and logs in. It sends no message.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends a message.
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
  app_id:
    description:
      - Id of the app.
    type: raw
    required: true
  ext_id:
    description:
      - Id of the end user, exactly as in the C(utm_extid) of the link. Case matters.
      - Do not use personal data, such as an e-mail address or a telephone number.
    type: str
    required: true
  title:
    description:
      - Title of the message.
    type: str
    required: true
  text:
    description:
      - Text of the message. A C(#) starts a hashtag of the platform's template language.
      - You can also write it as C(message), which is the vendor's name for it. Ansible reserves that name, so it cannot
        be the real name of the option.
    type: str
    required: true
seealso:
  - module: partnerops.saas.mobsted_pwa_app
  - plugin: partnerops.saas.mobsted_app_link
    plugin_type: filter
  - ref: ansible_collections.partnerops.saas.docsite.guide_links_and_prompts
    description: How end users get a link with an id, and how they are asked for permission.
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
    message: Pick it up by 18:00.
    api_paths:
      push: push  # ask the vendor, the path is not published
"""

RETURN = r"""
push:
  description: The message and its recipient, without the text of the message.
  returned: success
  type: dict
  contains:
    tenant:
      description: E-mail address of the tenant that has the app. Null for an app of the account of O(api_url) itself.
      type: str
      sample: owner@acme.example
    app_id:
      description: Id of the app.
      type: int
      sample: 78
    ext_id:
      description: Id of the end user.
      type: str
      sample: "100500"
    title:
      description: Title of the message.
      type: str
      sample: Your order is ready
    response:
      description:
        - What the API returned, parsed if it is JSON. Null in check mode, or if the response is empty. Its form
          is not published.
      type: raw
      version_added: 1.1.0
      sample: {meta: {push: {affected: 1}}}
# BEGIN generated: never_reconciled why="the API has no call that shows whether a message was sent"
reconciled:
  description: Always V(false), because the API has no call that shows whether a message was sent.
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
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/api/v8/push status=502
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
      sample: /api/v8/push
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
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.push import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
