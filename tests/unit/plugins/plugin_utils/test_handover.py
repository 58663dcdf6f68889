# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for a client: no file name leaves the folder, no text becomes markup, and texts are whole."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.filter.partner_handover import FilterModule
from ansible_collections.partnerops.saas.plugins.plugin_utils import handover

HOSTILE = "{name}</title><script>x</script>'\"\u202e\x00"


def entry(name: str = "Shop", **more: t.Any) -> dict[str, t.Any]:
    app = {"short_url": "https://w.example/x", "created": "2026-11-02 10:00", "splash_color": None, **more}
    return {"name": name, "exists": True, "icon": None, "app": app}


def tenant(*apps: dict[str, t.Any], **record: t.Any) -> dict[str, t.Any]:
    known = {"url": "https://a-admin.x.example", "login": "o@x.example", "created": "2026-11-01 10", **record}
    return {"email": "o@x.example", "tenant": known, "apps": list(apps)}


@pytest.mark.parametrize("language", handover.languages())
def test_shipped_languages_have_all_texts(language: str) -> None:
    english, other = handover._shipped("en"), handover._shipped(language)
    assert other.keys() == english.keys()
    for name, text in english.items():
        assert isinstance(other[name], type(text))
        if isinstance(text, str):
            assert sorted(handover.re.findall(r"\{\w+\}", other[name])) == sorted(handover.re.findall(r"\{\w+\}", text))
    page = handover.render(tenant(entry()), language)
    assert f'<html lang="{language}" dir="ltr">' in page


def test_languages_are_those_of_the_issue() -> None:
    assert handover.languages() == ["en", "pl", "ru"]


def test_hostile_text_stays_text() -> None:
    fields = dict.fromkeys(("short_url", "created", "splash_color", "website_url", "description"), HOSTILE)
    page = handover.render(
        tenant(entry(HOSTILE, **fields), url=HOSTILE, login=HOSTILE, created=HOSTILE), credentials={"password": HOSTILE}
    )
    assert "<script" not in page
    assert "\x00" not in page
    assert f"--accent:{handover.ACCENT};" in page
    assert "{name}&lt;/title&gt;" in page
    assert 'href="' not in page


@pytest.mark.parametrize(
    ("colour", "used"), [("#1557b0", True), ("#ffffff", False), ("#ffd400", False), ("#12345", False), (None, False)]
)
def test_a_colour_is_used_if_white_can_be_read_on_it(colour: str | None, used: bool) -> None:
    page = handover.render(tenant(entry(splash_color=colour)))
    assert f"--accent:{colour if used else handover.ACCENT};" in page


def test_titles_and_directions() -> None:
    assert "<title>Shop is ready</title>" in handover.render(tenant(entry()))
    assert "<title>Your apps are ready</title>" in handover.render(tenant(entry(), entry("Help")))
    assert "<title>Your account is ready</title>" in handover.render(tenant())
    hebrew = {"he": handover._shipped("en")}
    assert '<html lang="he" dir="rtl">' in handover.render(tenant(), "he", hebrew)


@pytest.mark.parametrize(
    ("language", "more", "shown"),
    [
        ("en", None, "since 2026-11-02"),
        ("pl", None, "od 02.11.2026"),
        ("ru", None, "с 02.11.2026"),
        ("en", {"en": {"date": "{day}/{month}/{year}"}}, "since 02/11/2026"),
        ("de", {"de": {**handover._shipped("en"), "date": None, "since": "seit {date}"}}, "seit 2026-11-02"),
    ],
)
def test_a_day_is_written_as_in_the_language(language: str, more: dict[str, t.Any] | None, shown: str) -> None:
    assert shown in handover.render(tenant(entry()), language, more)
    assert "2026" not in handover.render(tenant(entry(created="20261-11-02"), created="2026-11-021"), language, more)


def test_file_names_stay_in_the_folder_and_apart() -> None:
    assert handover.file_name("Owner+1@acme.example") == "Owner+1@acme.example.html"
    strange = ["../../etc/passwd", "a/b@x", "a_b@x", ".hidden", "", "a\nb@x", "ü@x", "x" * 300]
    names = [handover.file_name(one) for one in strange]
    assert len(set(names)) == len(names)
    for name in names:
        assert "/" not in name
        assert not name.startswith(".")
        assert len(name) < 200


@pytest.mark.parametrize(
    ("language", "texts", "why"),
    [
        ("de", None, "lacks the texts title"),
        ("de", {"de": {"title": "x"}}, "lacks the texts title_many"),
        ("en", {"en": {"titel": "x"}}, "titel, which the page doesn't use"),
        ("en", {"en": ["x"]}, "must be a mapping"),
        ("en", {"en": {"ios_steps": "x"}}, "en.ios_steps, must be a list"),
        ("en", {"en": {"title": 7}}, "en.title, must be text"),
        ("x/../y", None, "is not a code"),
        ("en", {"en": {"title": "Hi {nam}"}}, r"en.title, has \{nam\}, .* Correct it: it takes \{name\}"),
        ("en", {"en": {"intro": "Hi {name}"}}, r"en.intro, has \{name\}, .* Remove it"),
        ("en", {"en": {"ios_steps": ["{x}"]}}, r"en.ios_steps, has \{x\}"),
    ],
)
def test_texts_that_can_not_be_used(language: str, texts: t.Any, why: str) -> None:
    with pytest.raises(handover.HandoverError, match=why):
        handover.texts_of(language, texts)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title: Welcome", "has 'title' where a language is needed"),
        ("title: {en: Welcome}", "has 'title' where a language is needed"),
        ("no: {title: Velkommen}", "has False where a language is needed"),  # YAML reads it so
        ("en:\n  title: [a\n", "can't be read: line 3, "),
    ],
)
def test_a_file_of_texts_that_would_have_no_effect(tmp_path: t.Any, text: str, why: str) -> None:
    path = tmp_path / "texts.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(handover.HandoverError) as caught:
        handover.load_texts(str(path))
    assert why in str(caught.value)


def test_the_filter_takes_a_tenant_and_files_of_texts(tmp_path: t.Any) -> None:
    found = FilterModule().filters()["partner_handover"]
    path = tmp_path / "texts.yml"
    path.write_text(yaml.safe_dump({"pl": {"contact": "biuro@x.example"}}), encoding="utf-8")
    made = found(tenant(entry()), language={"O@X.example": "pl"}, texts=str(path))
    assert made["name"] == "o@x.example.html"
    assert "biuro@x.example" in made["html"]
    assert 'lang="en"' in found(tenant(), language={"a@x.example": "pl"})["html"]
    for wrong in ({}, None, {"email": "x"}):
        with pytest.raises(AnsibleFilterError, match="an entry of 'tenants'"):
            found(wrong)
    for text in ("[", "- x", "\x00"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(AnsibleFilterError, match="partner_handover_texts"):
            found(tenant(), texts=str(path))
