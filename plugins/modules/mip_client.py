# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_client``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_client
short_description: Register, remove, block and unblock clients of a MIP marketplace
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Makes sure that a client of a marketplace is registered or removed, and blocked or not.
  - The API has no call that tells whether a client exists. What is known comes, in this order, from a login with
    O(password), from the ledger (O(ledger_path)), and from O(client_id). A login that is refused never counts as
    absent. Where the state can't be known, the task fails with the code V(undetermined) in RV(failure) and names what
    you can give.
  - Blocking and unblocking are one call, a toggle. It is sent only where the known state differs from O(blocked). Where
    none is known, it is sent once and, if its answer shows that it went the wrong way, once more to put it back, and
    the result says RV(probed). It is never sent again while the outcome of one is unknown.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.mip.tenant
  - partnerops.saas.attributes
  - partnerops.saas.attributes.mip
attributes:
  check_mode:
    details:
      - Logins and look-ups, which change nothing, are sent in check mode too. Nothing is written to the ledger.
      - Where the block state is not known, a change is predicted, since the toggle would be sent.
options:
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(cid) or C(company_id).
    type: int
    required: true
  email:
    description:
      - E-mail address of the client.
    type: str
    required: true
  password:
    description:
      - Password of the client. It is used to look the client up by logging in, and to register it.
      - It is never changed for a client that exists.
    type: str
  client_id:
    description:
      - Id of the client, where you know that it exists and the ledger doesn't hold it.
    type: int
  state:
    description:
      - Whether the client is registered.
    type: str
    choices: [present, absent]
    default: present
  blocked:
    description:
      - Whether the client is blocked. Left alone if omitted. It has no effect with O(state=absent).
    type: bool
seealso:
  - module: partnerops.saas.mip_sso_link
  - module: partnerops.saas.mip_password_reset
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: Where the state comes from, what the ledger holds, and what follows from deleting it.
  - name: MIP auth API
    description: The vendor's page.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Register a client
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: buyer@acme.example
    password: "{{ vault_buyer_password }}"

- name: Block it; its state is in the ledger
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: buyer@acme.example
    blocked: true

- name: Remove a client that was registered elsewhere
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: old@acme.example
    client_id: 4711
    state: absent
"""

RETURN = r"""
client:
  description: The client. What is not known is null.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the client.
      type: int
      sample: 20
    email:
      description: E-mail address.
      type: str
      sample: buyer@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    state:
      description: V(present) or V(absent). On a failure it may be V(unknown).
      type: str
      sample: present
    blocked:
      description: Whether it is blocked.
      type: bool
      sample: false
    created:
      description: When it was registered. Only known after a login or the registration.
      type: str
      sample: "2021-06-08T16:09:25.159+02:00"
    first_name:
      description: First name. Only known after a login or the registration.
      type: str
    last_name:
      description: Last name. Only known after a login or the registration.
      type: str
    phone:
      description: Telephone number. Only known after a login or the registration.
      type: str
probed:
  description:
    - Whether the block state was not known and was found out by the toggle itself, or turned out to be another than the
      one that was known. The toggle was then sent once or twice.
  returned: success
  type: bool
  sample: false
tenant:
  description:
    - The Mobsted tenant of the address, as M(partnerops.saas.mobsted_tenant) returns it, if it was looked up before the
      address was registered or invited, and found. Null otherwise.
  returned: always
  type: dict
  version_added: 1.1.0
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
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
