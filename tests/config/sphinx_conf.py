# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configure Sphinx for ``make docs``.

antsibull-docs writes a page for each plugin and an index. This file replaces the index with
``docs/docsite/site/index.rst`` and sorts the pages into the sections of the side bar.
"""

from __future__ import annotations

import re
import shutil
import typing as t
from pathlib import Path


def _collection() -> Path:
    """Find the collection's folder. The build copies this file into a folder somewhere below it."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "galaxy.yml").is_file():
            return folder
    raise RuntimeError(f"{__file__} is not below a folder with a galaxy.yml")


SITE = _collection() / "docs" / "docsite" / "site"

# No intersphinx, so that the build doesn't need the network. Links into ansible-core's documentation stay plain text.
project = "partnerops.saas"
copyright = "2026, PartnerOps contributors"  # noqa: A001
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}}
html_static_path = [str(SITE / "static")]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_sphinx = False
html_use_smartypants = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
nitpicky = False
suppress_warnings = ["ref.ref"]


class Page(t.NamedTuple):
    """A page in the side bar."""

    title: str
    document: str
    description: str = ""


_PLUGIN = re.compile(r"(?m)^\* :ansplugin:`(?P<name>\w+) (?P<kind>\w+) <.*?>` -- (?P<text>.+)$")
_SECTION = re.compile(r"(?m)^(?P<title>\w+)\n-+\n\n\.\. toctree::\n    :maxdepth: 1\n(?P<pages>(?:\n    docsite/\w+)+)")
_LEAD = re.compile(r"(?ms)^(?P<title>[^\n]+)\n=+\n\n(?P<text>.+?)\n\n")


def _sections(index: str, source: Path) -> dict[str, list[Page]]:
    """Sort all pages into sections.

    :param index: the index that antsibull-docs wrote, with the sections of ``extra-docs.yml``
    :param source: the folder with the pages
    """
    guides = {}
    for section in _SECTION.finditer(index):
        guides[section["title"]] = [_guide(document, source) for document in section["pages"].split()]
    modules, plugins = [], []
    for plugin in _PLUGIN.finditer(index):
        name, kind = plugin["name"], plugin["kind"]
        title = name if kind == "module" else f"{name} ({kind})"
        (modules if kind == "module" else plugins).append(Page(title, f"{name}_{kind}", plugin["text"]))
    plugins.append(Page("Environment variables", "environment_variables", "All variables that the plugins read"))
    last, pages = guides.popitem()
    return {**guides, "Modules": modules, "Plugins": plugins, last: [*pages, Page("Changelog", "changelog")]}


def _guide(document: str, source: Path) -> Page:
    lead = _LEAD.search((source / f"{document}.rst").read_text(encoding="utf-8"))
    assert lead, f"{document} has no title and no first paragraph"
    first_sentence = re.split(r"(?<=\.) ", " ".join(lead["text"].split()))[0]
    return Page(lead["title"], document, first_sentence)


def _table(pages: t.Iterable[Page]) -> str:
    rows = (f"   * - :doc:`{one.title} <{one.document}>`\n     - {one.description}\n" for one in pages)
    return ".. list-table::\n   :widths: 36 64\n   :class: index-table\n\n" + "".join(rows)


def _toctree(caption: str, pages: t.Iterable[Page]) -> str:
    lines = "".join(f"   {one.title} <{one.document}>\n" for one in pages)
    return f".. toctree::\n   :caption: {caption}\n   :hidden:\n   :maxdepth: 1\n\n{lines}"


def _index(generated: str, source: Path) -> str:
    """Write the index from our own page and the one that antsibull-docs wrote."""
    sections = _sections(generated, source)
    links = re.search(r"(?ms)^\.\. ansible-links::\n\n.+?\n\n(?=\S|\n)", generated)
    project_pages = list(sections)[-1]
    parts = {
        "guides": _table(page for name in ("Start", "Guides") for page in sections[name]),
        "modules": _table(sections["Modules"]),
        "plugins": _table(sections["Plugins"]),
        "project": _table(page for page in sections[project_pages] if page.description),
        "links": links[0] if links else "",
        "toctrees": "\n".join(_toctree(name, pages) for name, pages in sections.items()),
    }
    text = (SITE / "index.rst").read_text(encoding="utf-8")
    return re.sub(r"(?m)^\.\. generated: (\w+)$", lambda found: parts[found[1]], text)


def _copy_picture(app: t.Any) -> None:
    shutil.copy(SITE / "report.png", Path(app.srcdir))


def _replace_source(app: t.Any, page: str, source: list[str]) -> None:
    if page == "index":
        source[0] = _index(source[0], Path(app.srcdir))
    elif page == "changelog":
        title = "Partnerops.Saas Release Notes"
        source[0] = source[0].replace(f"{'=' * len(title)}\n{title}\n", f"{'=' * len(title)}\nChangelog\n")


def _set_home(_app: t.Any, _page: str, _template: str, context: dict[str, t.Any], _tree: t.Any) -> None:
    context["theme_documentation_home_url"] = context["pathto"]("index")


def setup(app: t.Any) -> None:
    """Connect the handlers. Sphinx calls this."""
    app.connect("builder-inited", _copy_picture)
    app.connect("source-read", _replace_source)
    app.connect("html-page-context", _set_home)
