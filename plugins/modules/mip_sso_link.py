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
  - Makes a link that logs in a user, or a client of a marketplace, without a password.
  - Anyone who has the link can use it. The vendor does not say how long it is valid, or whether it works
    more than once.
  - If the task runs in the Ansible process on the controller, later tasks can use the link, but it is not displayed. If
    it runs as an ordinary module on ansible-core before 2.22, only C(no_log=true) on the task hides it.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      - The module checks the options, but makes no link and returns null for its values.
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
  # BEGIN generated: marketplace_id called="C(company_id)"
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(company_id).
    type: int
    required: true
  # END generated
seealso:
  - module: partnerops.saas.mip_client
  - module: partnerops.saas.mip_user
  - ref: ansible_collections.partnerops.saas.docsite.guide_secrets
    description: How secrets in results are hidden.
  - name: MIP auth API
    description: The vendor's documentation of the calls.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Make a link for a client
  partnerops.saas.mip_sso_link:
    kind: client
    email: buyer@acme.example
    marketplace_id: 7
  register: link

- name: Check that the link opens the shop
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
      description: E-mail address of the user or client.
      type: str
      sample: buyer@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    url:
      description: The link, which is a secret. Null in check mode.
      type: str
    hash:
      description: The token in the link, which is a secret. Null in check mode, or if the API does not return it.
      type: str
# BEGIN generated: never_reconciled why="the API has no call that shows which links it made"
reconciled:
  description: Always V(false), because the API has no call that shows which links it made.
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
# BEGIN generated: failure of="the error" code=auth_failed method=POST path=/client/login-email status=401
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
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /client/login-email
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 401
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.sso_link import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
