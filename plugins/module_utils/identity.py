# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Decide when two spellings name the same account, address, name or id.

The ledger, locks, token store, credentials file, predictions, caches and look-ups all compare by the keys made here.
What the user wrote is sent unchanged; keys are only compared.
"""

from __future__ import annotations

import contextlib
import functools
import html
import ipaddress
import json
import re
import typing as t
import unicodedata
from decimal import Context, Decimal, InvalidOperation
from urllib.parse import SplitResult, quote, unquote, unquote_plus, unquote_to_bytes, urlsplit

try:
    import idna

    HAS_IDNA = True
except ImportError:  # it comes with requests
    HAS_IDNA = False

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
#: More digits than such a number has: with the usual 28, two long numbers would be rounded to one.
_EXACT = Context(prec=100)
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def ascii_lower(text: str) -> str:
    """Fold the letters A to Z and nothing else, so that different addresses stay different."""
    return text.translate(_ASCII_LOWER)


def host_key(host: str | None) -> str:
    """Return a host name as DNS compares it: A-labels, lower case, without the trailing dot."""
    text = unicodedata.normalize("NFC", host or "").strip().rstrip(".")
    if text.isascii():
        return _address(text) if ":" in text else ascii_lower(text)
    if HAS_IDNA:
        try:
            return idna.encode(text, uts46=True, transitional=False).decode().rstrip(".")
        except (idna.IDNAError, UnicodeError):
            pass
    return ".".join(map(_a_label, re.split("[.\u3002\uff0e\uff61]", text.lower()))).rstrip(".")


def _address(text: str) -> str:
    """Return an IPv6 address in its shortest form."""
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        return ascii_lower(text)


def _a_label(label: str) -> str:
    """Return the A-label of a label that IDNA 2008 refuses, such as an emoji: there are such domains all the same."""
    label = unicodedata.normalize("NFC", label)
    try:
        return label if label.isascii() else "xn--" + label.encode("punycode").decode()
    except UnicodeError:
        return label


def _u_label(label: str) -> str:
    """Return what an A-label stands for, although IDNA 2008 refuses it."""
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


@functools.lru_cache(maxsize=4096)
def account_key(url: str, login: str | None = None) -> str:
    """Return the key of an account: host, port and path of its URL, and the login if there is one.

    The scheme is left out: the same host and port is the same account, whatever the scheme.
    """
    parts = urlsplit(url.strip())
    return f"{_place(parts)}{_path(parts.path).rstrip('/')}" + (f" {email_key(login)}" if login else "")


def url_key(url: str) -> str:
    """Return the form in which whole URLs are compared; one that can't be read is compared as it is."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        place = _place(parts)
    except ValueError:
        return text
    user = parts.netloc.rpartition("@")[0]
    netloc = f"{user}@{place}" if user else place
    return parts._replace(scheme=ascii_lower(parts.scheme), netloc=netloc, path=_path(parts.path) or "/").geturl()


def _place(parts: SplitResult) -> str:
    """Return the host and port of a URL; a port that its scheme implies is left out."""
    try:
        port = parts.port
    except ValueError:
        port = None
    host = host_key(parts.hostname)
    host = f"[{host}]" if ":" in host else host
    return host if port is None or port == _DEFAULT_PORTS.get(ascii_lower(parts.scheme)) else f"{host}:{port}"


def _path(path: str) -> str:
    """Return a path as it is sent: no empty segments, no ``.`` and ``..``, nothing escaped that needs no escape.

    An escaped slash and bytes that are not UTF-8 stay what they are, so that different paths stay different.
    """
    kept: list[str] = []
    for segment in re.sub(r"/{2,}", "/", path).split("/"):
        plain = unquote_to_bytes(segment.encode("utf-8", "surrogatepass"))
        if plain == b"..":
            kept[1:] = kept[1:-1]
        elif plain != b".":
            kept.append(quote(plain, safe="~!$&'()*+,;=:@"))
    return "/".join(kept)


def email_key(email: str | None) -> str:
    """Return the key of an e-mail address.

    The local part is compared in NFC, ignoring the case of A to Z only; the domain as DNS compares it. Full case
    folding is wrong here: it makes ``straße@`` and ``strasse@`` the same client.
    """
    text = email or ""
    if text.isascii():  # the usual case, kept fast: lists have tens of thousands
        local, at, domain = text.strip().lower().rpartition("@")
        return f"{local}@{domain.strip().rstrip('.')}" if at else domain
    text = unicodedata.normalize("NFC", text).strip()
    local, at, domain = text.rpartition("@")
    return f"{ascii_lower(local)}@{host_key(domain)}" if at else ascii_lower(text)


def email_spellings(email: str) -> tuple[str, ...]:
    """Return the spellings under which an API that compares text may list an address.

    They are the address as given, in lower case, with its domain in A-labels and in U-labels, and decomposed.
    """
    text = unicodedata.normalize("NFC", email.strip())
    local, _at, domain = text.rpartition("@")
    plain = host_key(domain)
    shown = plain
    if "xn--" in plain:
        try:
            shown = idna.decode(plain) if HAS_IDNA else plain
        except (idna.IDNAError, UnicodeError):
            shown = ".".join(map(_u_label, plain.split(".")))
    lower = ascii_lower(local)
    forms: tuple[str, ...] = (email, ascii_lower(text), f"{lower}@{plain}", f"{lower}@{shown}")
    parted = unicodedata.normalize("NFD", lower)
    forms += (f"{parted}@{plain}", f"{parted}@{shown}", f"{parted}@{unicodedata.normalize('NFD', shown)}")
    return tuple(dict.fromkeys(forms))


def id_text(value: t.Any) -> str | None:
    """Return an id as opaque text, or None if the value is no id (null, a boolean, an empty text, a container)."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else None
    if isinstance(value, int):
        return str(value)
    text = value.strip() if isinstance(value, str) else ""
    return text or None


def id_value(text: str) -> int | str:
    """Return an id as results show it: an int if the vendor's id is a whole number, else the text."""
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else text


@functools.lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return the form in which names are compared: unescaped, NFKC, white space collapsed, numbers written one way.

    Case matters: names that differ by case are two apps.
    """
    text = name
    for _round in range(3):
        plain = html.unescape(text)
        if plain == text:
            break
        text = plain
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    if _NUMBER.fullmatch(text):
        try:
            return f"{Decimal(text).normalize(_EXACT):f}"
        except InvalidOperation:
            return text
    return text


def names_match(declared: str, listed: str) -> str | None:
    """Say how a listed name relates to a declared one.

    :returns: ``exact``; ``same`` (another spelling of it); ``case`` (another app, but for its case the same name);
        ``lossy`` (maybe the declared one, cut short or with signs replaced); or None
    """
    if declared == listed:
        return "exact"
    one, other = name_key(declared), name_key(listed)
    if one == other:
        return "same"
    if one.casefold() == other.casefold():
        return "case"
    return "lossy" if _may_be_lossy(one, other) else None


#: A listed name this long that begins a declared one counts as cut short; a shorter one only within a word.
_CUT, _CUT_WORD = 20, 8
_REPLACEMENTS = ("?", "_", "-", " ", "*", ".", "+", "\ufffd", "")
_CLASSES: tuple[t.Callable[[str], bool], ...] = (
    lambda c: not c.isascii(),
    lambda c: ord(c) > 0xFFFF,
    lambda c: c in "<>&\"'`",
    lambda c: not c.isalnum() and c != " ",
    lambda c: not (c.isascii() and c.isalnum()) and c != " ",
    lambda c: not (c.isascii() and c.isalnum()),
)


def visible(text: str) -> str:
    """Return a text without its control characters, and signs that only join, direct or select other ones."""
    return "".join(c for c in text if not (unicodedata.category(c) in ("Cc", "Cf") or 0xFE00 <= ord(c) <= 0xFE0F))


def _undone(listed: str) -> t.Iterator[str]:
    """Return what a listed name may have been before a server escaped, quoted or wrongly decoded it."""
    yield visible(listed)
    yield unquote(listed)
    yield unquote_plus(listed)
    yield re.sub(r"\\(.)", r"\1", listed)
    yield re.sub(r"<br ?/?>", " ", listed)
    if len(listed) > 2 and listed[0] in "\"'" and listed[0] == listed[-1]:
        yield listed[1:-1]
    if "\\" in listed:
        with contextlib.suppress(ValueError):
            yield str(json.loads(f'"{listed}"')).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _words(name: str) -> list[str]:
    """Return a name's words, of their letters and digits alone."""
    bare = unicodedata.normalize("NFC", "".join(c for c in name if c.isalnum() or c.isspace()))
    return bare.split()


def _signs(name: str) -> int:
    return sum(not (c.isalnum() or c.isspace()) for c in name)


def _may_be_lossy(declared: str, listed: str) -> bool:
    if not listed:
        return False
    forms = _lossy_set(declared)
    if listed in forms:
        return True
    if 0 < _signs(declared) >= _signs(listed) and _words(declared) == _words(listed) != []:
        return True  # some of its signs were dropped or replaced, but not all
    plain = visible(declared)
    if any(form != listed and name_key(form) in (declared, plain) for form in _undone(listed)):
        return True
    short = re.sub(r"\s*(?:…|\.{2,3}|\ufffd)$", "", listed).rstrip()
    if short == listed and len(listed) < _CUT_WORD:
        return False
    return any(_cut(form, listed, short) for form in forms if form[:1] == listed[:1])


@functools.lru_cache(maxsize=4096)
def _lossy_set(name: str) -> frozenset[str]:
    """Return all forms of a name at once: an account may have a thousand apps to compare it with."""
    return frozenset(_lossy_forms(name))


def _cut(form: str, listed: str, short: str) -> bool:
    """Return whether the listed name is the form, or its beginning if it was cut."""
    if form == listed or (short != listed and short and form.startswith(short)):
        return True
    if not form.startswith(listed):
        return False
    length = len(listed) + (form[len(listed)] == " ")  # a space at the cut is trimmed
    return length >= _CUT or (
        len(listed) >= _CUT_WORD and form[len(listed) - 1].isalpha() and form[len(listed)].isalpha()
    )


@functools.lru_cache(maxsize=256)
def _lossy_forms(name: str) -> tuple[str, ...]:
    """Return what a server may make of a name that it can't keep as it is."""
    return tuple(dict.fromkeys(_made_lossy(name)))


def _made_lossy(name: str) -> t.Iterator[str]:
    yield name
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    for text in dict.fromkeys((name, bare)):
        if text != name:
            yield " ".join(text.split())
        for lost in _CLASSES:
            for sign in _REPLACEMENTS:
                if sign in ("", " ") and lost is _CLASSES[-1]:
                    continue  # a space that is missing is a similar name, not a damaged one
                for each in (False, True):
                    yield from _replaced(text, lost, sign, each)
    yield " ".join(re.sub(r"<[^>]*>", "", name).split())
    yield name_key(visible(name))
    for encoding in ("latin-1", "cp1252"):
        for form in (name, bare):
            yield " ".join(form.encode().decode(encoding, "ignore").split())
            yield name_key(form.encode().decode(encoding, "replace"))
    for encoding in ("latin-1", "cp1252", "iso8859-2", "ascii"):
        for wrong in ("ignore", "replace"):
            yield name_key(name.encode(encoding, wrong).decode(encoding))
    for sign in ("?", "\ufffd"):  # UTF-16 has two units for what is beyond its plane
        yield "".join(sign * 2 if ord(c) > 0xFFFF else c for c in name)


def _replaced(name: str, lost: t.Callable[[str], bool], sign: str, each_byte: bool) -> t.Iterator[str]:
    made = "".join((sign * (len(c.encode()) if each_byte else 1)) if lost(c) else c for c in name)
    if made != name and made.strip():
        yield " ".join(made.split())
        if sign:
            yield " ".join(re.sub(re.escape(sign) + "+", lambda _found: sign, made).split())
            yield " ".join(made.split()).strip(sign)


def within_edits(one: str, other: str, most: int = 2) -> bool:
    """Return whether at most ``most`` edits (a letter changed, added or dropped) turn one text into the other."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        last, row = row, [number]
        for place, against in enumerate(other, 1):
            row.append(min(last[place] + 1, row[-1] + 1, last[place - 1] + (letter != against)))
        if min(row) > most:
            return False
    return row[-1] <= most


def nearest(text: str, known: t.Iterable[str], most: int = 2) -> str | None:
    """Return the known text that differs by case, white space or a few letters, to be named in a warning; or None.

    :param most: letters; short texts allow fewer, so that ``A1`` is not taken for a mistyped ``B2``
    """
    plain = "".join(text.split()).casefold()
    most = min(most, len(plain) // 4)
    found = None
    for one in known:
        if one == text:
            continue
        other = "".join(one.split()).casefold()
        if other == plain:
            return one
        if found is None and most and within_edits(plain, other, most):
            found = one
    return found
