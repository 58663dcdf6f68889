# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the AWX credential types in docs/awx/ from the table of connection options.

.venv/bin/python scripts/awx_credentials.py          write them
.venv/bin/python scripts/awx_credentials.py --check  only say which are out of date, and fail if any is

The table is in ``plugins/module_utils``. Nothing of ansible-core is needed to read it.
"""

from __future__ import annotations

import importlib
import sys
import types
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "awx"
TITLES = {"mobsted": "Mobsted", "mip": "MIP", "state": "shared state"}
#: The store of both vendors' modules has a type of its own, since one database serves both.
STATE_NAMES = ("state_url", "state_password", "ledger_missing")
NOTES = {"ledger_missing": " Set fail if a job's files are lost when it ends."}
#: Labels in the form that are not just the option's name.
LABELS = {
    "api_url": "API URL",
    "api_login": "Login",
    "api_email": "E-mail",
    "api_password": "Password",
    "api_token": "Access token",
    "api_public_key": "Public key",
    "api_private_key": "Private key",
    "ca_path": "CA bundle",
    "timeout": "Time-out of one response (seconds)",
    "deadline": "Deadline of one resource (seconds)",
    "settle": "Look for a lost create (seconds)",
    "validate_certs": "Verify certificates",
    "token_cache": "Token cache",
    "ledger_path": "Path of the ledger",
    "signing": "Signing",
    "state_url": "Database URL",
    "state_password": "Password of the database",
    "ledger_missing": "If there is no ledger file",
}
WHAT = {"state": "the database that all machines share"}
HEAD = """\
# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by scripts/awx_credentials.py: change the options table in plugins/module_utils instead.
"""


def table() -> dict[str, t.Any]:
    """Return the options of each credential type, read from the collection without ansible-core."""
    utils = ROOT / "plugins" / "module_utils"
    package = types.ModuleType("saas_utils")
    package.__path__ = [str(utils)]
    sys.modules["saas_utils"] = package
    module = importlib.import_module("saas_utils.vendors")
    vendors = dict(module.VENDORS)
    state = [option for option in vendors["mip"] if option.name in STATE_NAMES]
    own = {name: [one for one in options if one not in state] for name, options in vendors.items()}
    return {**own, "state": state}


def _field(option: t.Any) -> dict[str, t.Any]:
    """Return a field of the form: text, since AWX passes an unset boolean as False, which must not turn checks off."""
    field: dict[str, t.Any] = {
        "id": option.name,
        "label": LABELS.get(option.name, option.name.replace("_", " ").capitalize()),
        "type": "string",
    }
    if option.no_log:
        field["secret"] = True
    choices = ["true", "false"] if option.type == "bool" else list(option.choices or ())
    if choices:
        field["choices"] = choices
    if option.default is not None:
        field["default"] = _text(option.default)
    field["help_text"] = f"Option {option.name} of the modules, environment variable {option.env}." + NOTES.get(
        option.name, ""
    )
    return field


def _text(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _injector(option: t.Any) -> str:
    """Return what the variable is set to: if the option has a default, an empty field must not make it empty."""
    if option.default is None:
        return f"{{{{ {option.name} }}}}"
    return f"{{{{ {option.name} | default('{_text(option.default)}', true) }}}}"


def credential_type(vendor: str, options: t.Iterable[t.Any]) -> dict[str, t.Any]:
    """Return a vendor's credential type, in the form for AWX's API and the module ``awx.awx.credential_type``."""
    given = [option for option in options if option.env]
    inputs: dict[str, t.Any] = {"fields": [_field(option) for option in given]}
    required = [option.name for option in given if option.required]
    if required:
        inputs["required"] = required
    return {
        "name": f"PartnerOps {TITLES[vendor]}",
        "description": f"Connection of the partnerops.saas collection to {WHAT.get(vendor, TITLES[vendor])}",
        "kind": "cloud",
        "inputs": inputs,
        "injectors": {"env": {option.env: _injector(option) for option in given}},
    }


def files() -> dict[Path, str]:
    """Return the files with their content."""
    made = {}
    for vendor, options in table().items():
        made[TARGET / f"credential_type_{vendor}.yml"] = f"{HEAD}---\n{_yaml(credential_type(vendor, options))}"
    return made


class _Dumper(yaml.SafeDumper):
    """Indent lists below their keys, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _yaml(value: dict[str, t.Any]) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=150, allow_unicode=True))


def main(arguments: list[str]) -> int:
    """Run the command line."""
    wanted = files()
    if "--check" in arguments:
        wrong = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
        for path in wrong:
            print(f"{path.relative_to(ROOT)} is out of date: run scripts/awx_credentials.py")
        return 1 if wrong else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
