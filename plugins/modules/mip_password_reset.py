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
  - Has MIP send an e-mail with which the password is reset.
  - It is sent at most once in a task. Where the answer is lost, the task fails with the code V(unknown_outcome) in
    RV(failure), since nobody can tell whether the e-mail was sent.
  - The calls name no marketplace, and their answer does not tell whether there is such a user or client. They are not
    signed, so no credentials of an owner are needed.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - The options are checked. Nothing is sent.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run sends an e-mail.
options:
  kind:
    description:
      - Whether the address is one of a V(user) of the platform or of a V(client) of a marketplace.
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
    description: The vendor's page.
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
  description: What was sent.
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
    message:
      description: What the API said. Null in check mode.
      type: str
      sample: Email has been sent.
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.password_reset import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
