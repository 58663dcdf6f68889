# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a YAML file together with the place of each value, so that an error can name its line and column.

The file may be encrypted as a whole, hold single ``!vault`` values, and hold templates, which are evaluated with the
variables of the run. Nothing of a value gets into an error, since it may be a secret.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.parsing.vault import is_encrypted

from ansible_collections.partnerops.saas.plugins.plugin_utils.untrusted import template

_Loader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEMPLATES = ("{{", "{%", "{#")
#: How many values aliases may repeat. A few lines of nested aliases stand for millions.
_MOST_REPEATED = 1_000_000


@dataclass(frozen=True)
class Place:
    """Where a value is written, both counted from 1."""

    line: int
    column: int

    @classmethod
    def of(cls, mark: t.Any) -> Place:
        """Convert a mark of PyYAML."""
        return cls(mark.line + 1, mark.column + 1)


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a file.

    :param path: of the value, such as ``mobsted.tenants[0].email``; empty for the file itself
    """

    message: str
    path: str = ""
    place: Place | None = None

    def text(self, file: str = "") -> str:
        """Return the problem as one line: ``partner-state.yml:12:9: mobsted.tenants[0].email is …``."""
        where = (
            f"{file}:{self.place.line}:{self.place.column}: " if file and self.place else f"{file}: " if file else ""
        )
        return f"{where}{self.path}{' ' if self.path else ''}{self.message}"


@dataclass
class Document:
    """What was read.

    :param places: of each value, by its path
    :param numbers: of each whole number, by its path, as it is written
    """

    value: t.Any = None
    places: dict[str, Place] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def join(path: str, key: t.Any) -> str:
    """Return the path of a member: ``a.b`` for a key, ``a[0]`` for an index."""
    if isinstance(key, int) and not isinstance(key, bool):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


class StateFile:
    """One file.

    :param path: of the file
    :param loader: ansible-core's data loader, which has the vault secrets of the run
    :param templar: evaluates templates; None leaves them as they are
    :param only: keys of the outermost mapping to read; the others are left out, templates and secrets included
    """

    def __init__(self, path: str, loader: t.Any, templar: t.Any = None, only: t.Collection[str] = ()) -> None:
        self._path = path
        self._loader = loader
        self._templar = templar
        self._only = only
        self._made = Document()
        self._open: set[int] = set()
        self._seen: set[int] = set()
        self._repeated = 0

    def read(self) -> Document:
        """Read the file; whatever is wrong with it is in ``problems``."""
        try:
            node = self._compose()
            if node is not None:
                self._made.value = self._value(node, "")
        except OSError as error:
            self._problem(
                "", None, f"can't be read ({error.strerror}). Correct the path, or the permissions of the file."
            )
        except AnsibleError:
            self._problem(
                "", None, "can't be decrypted with the vault secrets of this run. Pass the right one with --vault-id."
            )
        except yaml.MarkedYAMLError as error:
            what = ", ".join(filter(None, (error.context, error.problem)))
            if error.problem == "mapping values are not allowed in this context":
                what += ". A text that contains ': ' needs quotes, and the keys of a mapping the same indentation"
            elif (error.problem or "").startswith("did not find expected"):
                what += ". Most likely the indentation is wrong, or a bracket or quote is missing"
            mark = error.problem_mark or error.context_mark
            self._problem("", Place.of(mark) if mark else None, f"is not valid YAML: {what}. Correct this place.")
        except (yaml.YAMLError, UnicodeError) as error:
            self._problem("", None, f"is not valid YAML: {str(error).splitlines()[0]}. Save it as plain text in UTF-8.")
        return self._made

    def _compose(self) -> t.Any:
        content = Path(self._path).read_bytes()
        if is_encrypted(content):
            content = self._loader._vault.decrypt(content)
        self._yaml = _Loader(content)
        try:
            return self._yaml.get_single_node()
        finally:
            self._yaml.dispose()

    def _problem(self, path: str, place: Place | None, message: str) -> None:
        self._made.problems.append(Problem(message, path, place))

    def _value(self, node: t.Any, path: str) -> t.Any:
        place = Place.of(node.start_mark)
        self._made.places.setdefault(path, place)
        if isinstance(node, yaml.CollectionNode):
            return self._collection(node, path)
        if node.tag == "!vault":
            return self._decrypted(node.value, path, place)
        if node.tag == "!unsafe":
            return node.value
        if node.tag.startswith("!"):
            self._problem(path, place, f"has the tag {node.tag}, which is not known here: use !vault, !unsafe or none.")
            return None
        try:
            value = self._yaml.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._problem(path, place, "is not a value that YAML can read: put it in quotes.")
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            self._made.numbers[path] = node.value
        if isinstance(value, str) and self._templar is not None and any(mark in value for mark in _TEMPLATES):
            return self._templated(value, path, place)
        return value

    def _collection(self, node: t.Any, path: str) -> t.Any:
        """Return a list or mapping; an alias may repeat it, or make it contain itself."""
        which = id(node)
        if which in self._open:
            self._problem(path, self._made.places[path], "is an alias of something that contains it. Remove the alias.")
            return None
        if which in self._seen:
            self._repeated += len(node.value)
            if self._repeated > _MOST_REPEATED:
                raise yaml.MarkedYAMLError(
                    problem=f"aliases repeat more than {_MOST_REPEATED} values", problem_mark=node.start_mark
                )
        self._seen.add(which)
        self._open.add(which)
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            return [self._value(inner, join(path, number)) for number, inner in enumerate(node.value)]
        finally:
            self._open.discard(which)

    def _mapping(self, node: t.Any, path: str) -> dict[t.Any, t.Any]:
        found: dict[t.Any, t.Any] = {}
        first: dict[t.Any, Place] = {}
        own = [pair for pair in node.value if pair[0].tag != "tag:yaml.org,2002:merge"]
        for key_node, _inner in own:
            place = Place.of(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            if key_node.value in first:
                before = first[key_node.value]
                self._problem(
                    join(path, key_node.value),
                    place,
                    f"occurs twice; the first one is in line {before.line}. Remove one.",
                )
            else:
                first[key_node.value] = place
        self._yaml.flatten_mapping(node)
        for key_node, inner in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(
                    path,
                    Place.of(key_node.start_mark),
                    "has a key that is a list or a mapping: a key must be text. A template needs quotes, as in "
                    '"{{ name }}".',
                )
                continue
            key = key_node.value
            if not path and self._only and key not in self._only:
                continue
            here = join(path, key)
            self._made.places[here] = Place.of(key_node.start_mark)
            found[key] = self._value(inner, here)
        return found

    def _decrypted(self, text: str, path: str, place: Place) -> str | None:
        try:
            return str(self._loader._vault.decrypt(text.encode()).decode())
        except (AnsibleError, UnicodeError):
            self._problem(
                path,
                place,
                "can't be decrypted with the vault secrets of this run. Pass the right one with --vault-id.",
            )
            return None

    def _templated(self, text: str, path: str, place: Place) -> t.Any:
        try:
            # Before 2.19 a configuration could let an undefined variable stay as it is written.
            return self._templar.template(template(text), fail_on_undefined=True)
        except AnsibleUndefinedVariable as error:
            self._problem(
                path, place, f"uses a variable that is not defined: {_reason(error)}. Define it, or give it with -e."
            )
        except AnsibleError as error:
            self._problem(path, place, f"is a template that can't be evaluated: {_reason(error)}. Correct it.")
        return None


def _reason(error: AnsibleError) -> str:
    """Return the first sentence of an error of ansible-core, without the source excerpt that it adds."""
    text = str(getattr(error, "message", None) or error).splitlines()[0]
    return text.removeprefix("The task includes an option with an undefined variable.").strip(" .:")[:200]
