# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_sso_link``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_sso_link
short_description: Make a sign-on link for a user or client of MIP
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes a link with which a user, or a client of a marketplace, is logged in without a password.
  - Whoever has the link can use it. How long it lives, and whether it works once only, is not published.
  - Where the task runs in the controller's process, the link can be used in later tasks and is not shown. Where it runs
    as an ordinary module on ansible-core before 2.22, only C(no_log) of the task hides it.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - The options are checked. No link is made, and its values are null.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run makes another link.
options:
  kind:
    description:
      - Whether the link is for a V(user) of the platform or for a V(client) of the marketplace.
    type: str
    choices: [user, client]
    required: true
  email:
    description:
      - E-mail address of the user or client.
    type: str
    required: true
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(company_id) here.
    type: int
    required: true
seealso:
  - module: partnerops.saas.mip_client
  - module: partnerops.saas.mip_user
  - name: MIP auth API
    description: The vendor's page.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Make a link for a client
  partnerops.saas.mip_sso_link:
    kind: client
    email: buyer@acme.example
    marketplace_id: 7
  register: link

- name: Open it in a check of the shop
  ansible.builtin.uri:
    url: "{{ link.sso.url }}"
  no_log: true
"""

RETURN = r"""
sso:
  description: The link.
  returned: success
  type: dict
  contains:
    kind:
      description: V(user) or V(client).
      type: str
      sample: client
    email:
      description: E-mail address.
      type: str
      sample: buyer@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    url:
      description: The link, a secret. Null in check mode.
      type: str
    hash:
      description: The token in the link, a secret. Null in check mode, or where the API tells none.
      type: str
reconciled:
  description: Whether the answer to a call was lost, and a login proved it done.
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
      sample: undetermined
    method:
      description: Method of the request, if there was one.
      type: str
      sample: POST
    path:
      description: Path of the request, without its query.
      type: str
      sample: /member/7/add
    status:
      description: HTTP status of the answer, if there was one.
      type: int
      sample: 502
    message:
      description: What the API said.
      type: str
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.sso_link import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
