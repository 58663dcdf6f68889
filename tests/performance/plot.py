# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the pictures of the benchmark, in an environment that has matplotlib.

usage: plot.py DATA FOLDER

DATA is JSON, see ``page.drawn``. The pictures have no background, and colours that are readable on white and on black.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib as mpl  # type: ignore[import-not-found]

mpl.use("svg")
import matplotlib.pyplot as plt  # type: ignore[import-not-found]
from matplotlib.ticker import FuncFormatter  # type: ignore[import-not-found]

INK, GRID = "#808080", "#80808040"
#: A line has the colour of its way, wherever it is drawn; without a change it is dashed.
COLOURS = {
    "mobsted_fleet": "#2f81f7",
    "loop, in process": "#d9730d",
    "loop, as a module": "#b35bd6",
    "uri": "#e5484d",
    "bare script, 8 connections": "#808080",
    "bare script, 1 connection": "#808080",
}
SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "benchmark",  # the same data give the same file
    "font.family": "sans-serif",
    "font.size": 10,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}


def draw(file: Path, picture: dict) -> None:
    """Draw one picture."""
    figure, axes = plt.subplots(figsize=(7.2, 4.2))
    for name, points in sorted(picture["lines"].items(), key=lambda one: -max(y for _x, y in one[1])):
        way = name.removesuffix(", new").removesuffix(", no change")
        style = "--" if name.endswith("no change") else ":" if way.endswith("1 connection") else "-"
        axes.plot(*zip(*points, strict=True), style, marker="o", markersize=3.5, color=COLOURS[way], label=name)
    axes.set(xlabel=picture["x"], ylabel=picture["y"])
    if picture["log"]:
        axes.set(xscale="log", yscale="log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}"))
            axis.set_minor_formatter(FuncFormatter(lambda _value, _place: ""))
    else:
        axes.set_yscale("symlog", linthresh=10)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}"))
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
    axes.grid(color=GRID, linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    figure.savefig(file, transparent=True, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    mpl.rcParams.update(SETTINGS)
    for name, picture in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).items():
        draw(Path(sys.argv[2], name), picture)
