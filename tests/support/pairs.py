# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of URLs, addresses and names, of which it is known whether they name one thing or two.

The truth comes from how a pair is made: a spelling is changed in a way that keeps the meaning, or in one that does not.
No code of the collection is used here.
"""

from __future__ import annotations

import html
import random
import re
import string
import typing as t
import unicodedata

Change = t.Callable[[random.Random, str], str]


class Pair(t.NamedTuple):
    """Two texts, and whether they name the same thing."""

    one: str
    other: str
    same: bool

    def __repr__(self) -> str:
        """Show code points: many of these texts look alike."""
        return f"{self.one!a} {'=' if self.same else '≠'} {self.other!a}"


def _ascii_case(chance: random.Random, text: str) -> str:
    return "".join(chance.choice((c, c.swapcase())) if c in string.ascii_letters else c for c in text)


def _distinct(make: t.Callable[[random.Random, int], Pair], seed: str, number: int) -> list[Pair]:
    """Make pairs of different texts until there are enough."""
    chance = random.Random(seed)
    found: dict[tuple[str, str], Pair] = {}
    tries = 0
    while len(found) < number:
        tries += 1
        pair = make(chance, tries)
        if pair.one != pair.other:
            found[pair.one, pair.other] = pair
    return list(found.values())


# -- URLs -------------------------------------------------------------------------------------------------------------

#: Host: other spellings of it.
HOSTS: dict[str, tuple[str, ...]] = {
    "ppp-admin.mobsted.com": ("ppp-admin.mobsted.com.",),
    "cloud.mip.to": ("cloud.mip.to.", "cloud.mip。to"),
    "bücher.example": ("xn--bcher-kva.example", "bu\u0308cher.example", "BÜCHER.example"),
    "straße.example": ("xn--strae-oqa.example",),
    "i❤.example": ("xn--i-7iq.example",),
    "[2001:db8::1]": ("[2001:0db8:0:0:0:0:0:1]", "[2001:db8:0::1]"),
}
PATHS = ("", "/api", "/partner/a~b", "/x/é/y", "/one/two", "/a!b/c")
_ESCAPES = {"é": "%c3%A9", "~": "%7e", "a": "%61", "o": "%6F", "y": "%79", "!": "%21"}


def _url_spelled(chance: random.Random, host: str, port: str, path: str) -> str:
    host = _ascii_case(chance, chance.choice((host, *HOSTS.get(host, ()))))
    parts = re.split("(%[0-9A-F]{2})", path)
    parts[::2] = ["".join(chance.choice((c, _ESCAPES.get(c, c))) for c in part) for part in parts[::2]]
    path = "".join(parts)
    if path:
        path = chance.choice((path, f"/{path}", f"{path}/", f"/.{path}", f"/other/..{path}", f"{path}/more/.."))
    scheme, port = chance.choice(("https", "HTTPS", "Https")), port or chance.choice(("", ":443"))
    return chance.choice(("{}", " {}", "{}\n")).format(f"{scheme}://{host}{port}{path}{chance.choice(('', '/'))}")


def _url_pair(chance: random.Random, number: int) -> Pair:
    host, path = chance.choice(list(HOSTS)), chance.choice(PATHS)
    path += f"/{number}"
    others = [
        (host, ":8443", path),
        (host, "", f"{path}/v2"),
        (host, "", f"/A{path}"),
        (host, "", f"{path}%2Fb"),
        (host, "", f"{path}%FF"),
        (
            "strasse.example" if host == "straße.example" else f"x{host}" if host[0] != "[" else "[2001:db8::2]",
            "",
            path,
        ),
    ]
    one = {f"/A{path}": f"/a{path}", f"{path}%2Fb": f"{path}/b", f"{path}%FF": f"{path}%FE"}
    if chance.random() < 0.5:
        return Pair(_url_spelled(chance, host, "", path), _url_spelled(chance, host, "", path), True)
    other = chance.choice(others)
    return Pair(_url_spelled(chance, host, "", one.get(other[2], path)), _url_spelled(chance, *other), False)


def urls(number: int = 220) -> list[Pair]:
    """Return pairs of API URLs."""
    return _distinct(_url_pair, "urls", number)


# -- addresses --------------------------------------------------------------------------------------------------------

LOCALS = ("owner", "jose.é", "straße", "i.ı", "a+tag", "o'neil", "Ω.mega", "ﬁrma", "ÉCOLE")
DOMAINS: dict[str, tuple[str, ...]] = {
    "acme.example": ("ACME.example", "ａcme.example"),
    "bücher.example": ("xn--bcher-kva.example", "XN--BCHER-KVA.example", "BÜCHER.EXAMPLE", "bu\u0308cher.example"),
    "straße.example": ("xn--strae-oqa.example",),
    "i❤.example": ("xn--i-7iq.example", "I❤.example"),
    "пример.example": ("xn--e1afmkfd.example", "ПРИМЕР.example"),
}
_OTHER_LOCALS = {
    "jose.é": "jose.É",
    "straße": "strasse",
    "i.ı": "i.i",
    "ﬁrma": "firma",
    "ÉCOLE": "éCOLE",
    "Ω.mega": "ω.mega",
}


def _address_spelled(chance: random.Random, local: str, domain: str) -> str:
    local = unicodedata.normalize(chance.choice(("NFC", "NFD")), _ascii_case(chance, local))
    domain = _ascii_case(chance, chance.choice((domain, *DOMAINS.get(domain, ()))))
    return chance.choice(("{}", "{} ", "\t{}")).format(f"{local}@{domain}")


def _address_pair(chance: random.Random, number: int) -> Pair:
    local, domain = chance.choice(LOCALS), chance.choice(list(DOMAINS))
    one = _address_spelled(chance, f"{local}{number}", domain)
    if chance.random() < 0.5:
        return Pair(one, _address_spelled(chance, f"{local}{number}", domain), True)
    others = [(f"{local}.{number}", domain), (f"{local}{number}+x", domain), (f"{local}{number}", f"sub.{domain}")]
    if local in _OTHER_LOCALS:
        others += [(f"{_OTHER_LOCALS[local]}{number}", domain)] * 3
    if domain == "straße.example":
        others += [(f"{local}{number}", "strasse.example")] * 3
    return Pair(one, _address_spelled(chance, *chance.choice(others)), False)


def addresses(number: int = 220) -> list[Pair]:
    """Return pairs of e-mail addresses."""
    return _distinct(_address_pair, "addresses", number)


# -- names ------------------------------------------------------------------------------------------------------------

NAMES = ("Store", "Café Bar", "Tom & Jerry's", "Łódź 1", "Магазин", "<b>Bold</b>", "ショップ", "a-b")


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c in string.ascii_letters else c for c in text)


_NAME_CHANGES: tuple[Change, ...] = (
    lambda _chance, name: html.escape(name),
    lambda _chance, name: html.escape(html.escape(name)),
    lambda _chance, name: name.replace(" ", "  "),
    lambda _chance, name: name.replace(" ", "\u00a0"),
    lambda _chance, name: f" {name}",
    lambda _chance, name: unicodedata.normalize("NFD", name),
    lambda _chance, name: name if "<" in name else _wide(name),
    lambda _chance, name: name,
)
_OTHER_NAMES: tuple[Change, ...] = (
    lambda _chance, name: f"{name} Ω".swapcase() if name == name.swapcase() else name.swapcase(),
    lambda _chance, name: f"My {name}",
    lambda _chance, name: f"{name}9",
    lambda _chance, name: name[:-1] + ("1" if name[-1] != "1" else "2"),
)


def _name_pair(chance: random.Random, number: int) -> Pair:
    if chance.random() < 0.25:
        long = chance.choice((number, 10**31 + number))
        spelled = (f"{long}", f"0{long}", f"{long}.0", f"{long}.00", f"+{long}", f"{long}e0", f"{long}0e-1")
        others = (f"{long + 1}", f"{long}.5", f"-{long}", f"{long}e1", f"{long}.0001", f"v{long}")
        one, same = chance.choice(spelled), chance.random() < 0.5
        return Pair(one, chance.choice(spelled if same else others), same)
    name = f"{chance.choice(NAMES)} {number}"
    if chance.random() < 0.5:
        return Pair(chance.choice(_NAME_CHANGES)(chance, name), chance.choice(_NAME_CHANGES)(chance, name), True)
    return Pair(chance.choice(_NAME_CHANGES)(chance, name), chance.choice(_OTHER_NAMES)(chance, name), False)


def names(number: int = 220) -> list[Pair]:
    """Return pairs of names of apps."""
    return _distinct(_name_pair, "names", number)
