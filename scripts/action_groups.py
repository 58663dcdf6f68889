# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares meta/runtime.yml with the modules: every module is in the group that its name and documentation say."""

from __future__ import annotations

import ast
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "partnerops.saas."
GROUPS = ("mobsted", "mip")


def documentation(path: Path) -> dict[str, t.Any]:
    """The DOCUMENTATION of a module, without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "DOCUMENTATION" for name in node.targets):
            return yaml.safe_load(ast.literal_eval(node.value)) or {}
    return {}


def problems() -> list[str]:
    """Everything that does not agree, one sentence each."""
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    groups = runtime.get("action_groups") or {}
    modules = {path.stem: path for path in sorted((ROOT / "plugins" / "modules").glob("*.py"))}
    modules.pop("__init__", None)
    found = [f"meta/runtime.yml has no group {group}" for group in GROUPS if group not in groups]
    found += [f"meta/runtime.yml has the unknown group {group}" for group in groups if group not in GROUPS]
    for group, members in groups.items():
        names = [str(name).removeprefix(PREFIX) for name in members or []]
        found += [f"group {group} names {name} twice" for name in sorted(set(names)) if names.count(name) > 1]
        found += [f"group {group} names {name}, which does not exist" for name in names if name not in modules]
        if names != sorted(names):
            found.append(f"group {group} is not in alphabetical order")
    for name, path in modules.items():
        inside = [group for group, members in groups.items() if name in (members or [])]
        belongs = [group for group in GROUPS if name.startswith(f"{group}_")]
        if inside != belongs:
            found.append(f"{name} is in the groups {inside}, its name says {belongs}")
        fragments = documentation(path).get("extends_documentation_fragment") or []
        for group in belongs:
            wanted = f"{PREFIX}attributes.actiongroup_{group}"
            if wanted not in fragments:
                found.append(f"{name} does not extend {wanted}")
    return found


def main() -> int:
    """Print what is wrong."""
    found = problems()
    print("\n".join(found) or "action groups, modules and doc fragments agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
