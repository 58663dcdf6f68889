# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_password_reset``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_password_reset
short_description: Send a user or client of MIP an e-mail to reset the password
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes MIP send an e-mail that lets a user or client reset the password.
  - Each run sends an e-mail, and each task sends at most one. If the response is lost, the task fails with
    RV(failure.code=unknown_outcome), because the e-mail may or may not have been sent.
  - The call names no marketplace, and its response does not say whether the user or client exists. It is not signed, so
    you do not need the credentials of a marketplace owner.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      - The module checks the options, but sends nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends an e-mail.
options:
  kind:
    description:
      - Whether the address belongs to a V(user) of the platform or to a V(client) of a marketplace.
    type: str
    choices: [user, client]
    required: true
  email:
    description:
      - E-mail address of the user or client.
    type: str
    required: true
seealso:
  - module: partnerops.saas.mip_user
  - module: partnerops.saas.mip_client
  - name: MIP auth API
    description: The vendor's documentation of the calls.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Let a client reset the password
  partnerops.saas.mip_password_reset:
    kind: client
    email: buyer@acme.example
"""

RETURN = r"""
password_reset:
  description: The request that was sent, and its response.
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
    message:
      description: What the API said. Null in check mode.
      type: str
      sample: Email has been sent.
# BEGIN generated: never_reconciled why="the API has no call that shows whether an e-mail was sent"
reconciled:
  description: Always V(false), because the API has no call that shows whether an e-mail was sent.
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
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/forgot-password/client status=502
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
      sample: /forgot-password/client
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.password_reset import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
