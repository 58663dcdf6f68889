# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the JSON Schema of the state file, made from the options of the modules that do the work.

    .venv/bin/python scripts/schema.py          write docs/partner-state.schema.json
    .venv/bin/python scripts/schema.py --check  fail if it is not up to date

Descriptions come from the modules' documentation. Any value may be a template, so only keys are checked strictly.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "partner-state.schema.json"
TYPES = {"str": "string", "path": "string", "int": "integer", "bool": "boolean", "float": "number"}
#: A template, which Ansible evaluates.
TEMPLATE = {"type": "string", "pattern": r"\{\{|\{%"}
DESCRIPTIONS = {
    "mobsted": "What to have at Mobsted.",
    "mip": "What to have at MIP.",
    "mip.marketplaces": "Marketplaces, each with its clients and members.",
    "*.icon": "An image file for the icon, relative to the state file. An existing icon is not compared.",
    "mip.marketplaces.id": "Id of the marketplace (the API's cid and company_id).",
    "mip.marketplaces.require_tenant": "Refuse an address that has no tenant in the Mobsted master account, before "
    "anything is created or sent to it.",
}


def state() -> dict[str, t.Any]:
    """Return the state file's argument spec."""
    module = importlib.import_module("ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state")
    return dict(module.STATE)


def documented(module: str) -> dict[str, t.Any]:
    """Read the options from a module's documentation, without importing it."""
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            return dict(yaml.safe_load(ast.literal_eval(node.value))["options"])
    return {}


def plain(text: t.Any) -> str:
    """Strip Ansible's markup from a description."""
    joined = " ".join(text) if isinstance(text, list) else str(text or "")
    joined = re.sub(r"\bM\(([^)]*)\)", lambda m: m[1], joined)
    joined = re.sub(r"\b(?:O|RV|C|V|E|B|I)\(([^)]*)\)", lambda m: m[1].rsplit(":", 1)[-1], joined)
    return re.sub(r"\s+", " ", joined).strip()


def option(spec: dict[str, t.Any], docs: dict[str, t.Any], path: str) -> dict[str, t.Any]:
    """Return the schema of one option."""
    made: dict[str, t.Any] = {}
    text = DESCRIPTIONS.get(path) or DESCRIPTIONS.get(f"*.{path.rsplit('.', 1)[-1]}") or plain(docs.get("description"))
    if text:
        made["description"] = text
    inner = docs.get("suboptions") or {}
    kind = spec["type"]
    if kind == "list":
        items = mapping(spec["options"], inner, path) if spec.get("options") else {}
        # A key without a value declares nothing.
        return {**made, "type": ["array", "null"], "items": items}
    if kind == "dict":
        return {**made, **mapping(spec["options"], inner, path), "type": ["object", "null"]}
    if "choices" in spec:
        return {**made, "anyOf": [{"enum": list(spec["choices"])}, TEMPLATE]}
    if kind == "raw":
        return {**made, "type": ["integer", "string"]}
    if TYPES[kind] == "string":
        return {**made, "type": "string"}
    return {**made, "anyOf": [{"type": TYPES[kind]}, TEMPLATE]}


def mapping(options: dict[str, t.Any], docs: dict[str, t.Any], path: str = "") -> dict[str, t.Any]:
    """Return the schema of a mapping."""
    made: dict[str, t.Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: option(spec, docs.get(name, {}), f"{path}.{name}".lstrip(".")) for name, spec in options.items()
        },
    }
    required = [name for name, spec in options.items() if spec.get("required")]
    return {**made, "required": required} if required else made


def schema() -> dict[str, t.Any]:
    """Return the whole schema."""
    marketplace = documented("mip_marketplace")
    docs = {
        "mobsted": {"suboptions": documented("mobsted_fleet")},
        "mip": {"suboptions": {"marketplaces": {"suboptions": marketplace}}},
    }
    made = mapping(state(), docs)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by scripts/schema.py from the options of mobsted_fleet and mip_marketplace.",
        "title": "State of a partner, for the playbook partnerops.saas.converge",
        **made,
        "minProperties": 1,
    }


def text() -> str:
    """Return the content of the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Run the command line."""
    sys.path.insert(0, str(ROOT / ".cache" / "collections"))
    if arguments == ["--check"]:
        good = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text()
        print(f"{TARGET.relative_to(ROOT)} is {'up to date' if good else 'not up to date: run scripts/schema.py'}")
        return 0 if good else 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
