"""What all figures share: colours, the one quiet theme, and files written whole."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt

from somnesium.errors import InvalidInput

WITH, WITHOUT, INK, PAPER = "#2b4c7e", "#8a8f98", "#23262b", "#fcfcfa"
"""Colours: with the plan, without, text, background."""


def styled(
    chart: Any,  # noqa: ANN401 - any Altair chart
    title: str,
    subtitle: str,
    foot: str | list[str],
    width: int,
    size: int = 17,
) -> Any:  # noqa: ANN401
    """A chart with its title as a sentence, subtitle with units, and a footer line or lines."""
    lines = 1 if isinstance(foot, str) else len(foot)
    footer = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(text=foot, align="left", x=0, color=WITHOUT, fontSize=10)
        .properties(width=width, height=12 * lines)
    )
    whole = alt.vconcat(chart, footer, spacing=14).properties(
        title=alt.TitleParams(
            title,
            subtitle=subtitle,
            anchor="start",
            fontSize=size,
            subtitleFontSize=12,
            subtitleColor="#5b6068",
            color=INK,
            offset=14,
            subtitlePadding=6,
        ),
        background=PAPER,
        padding=22,
    )
    return (
        whole.configure(font="Liberation Sans, Arial, Helvetica, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            gridColor="#ecebe6",
            domainColor="#c9c8c2",
            tickColor="#c9c8c2",
            labelColor=INK,
            titleColor="#5b6068",
            titleFontWeight="normal",
            labelFontSize=11,
            titleFontSize=11,
        )
        .configure_legend(
            orient="top", title=None, labelFontSize=12, labelColor=INK, symbolStrokeWidth=3
        )
    )


def write_charts(charts: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """Write each chart as PNG and SVG; `InvalidInput` if the folder cannot be written to."""
    import vl_convert

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError("it cannot be written to")
    except OSError as error:
        allowed = "a folder that can be made or written to"
        said = str(error.strerror or error)
        raise InvalidInput.field("--figures", str(folder), allowed, said) from None
    written = []
    for name, chart in charts.items():
        spec = chart.to_json()
        for suffix, data in (
            ("png", vl_convert.vegalite_to_png(spec, scale=2)),
            ("svg", vl_convert.vegalite_to_svg(spec).encode()),
        ):
            path = folder / f"{name}.{suffix}"
            part = path.with_name(path.name + ".part")
            part.write_bytes(data)
            part.replace(path)
            written.append(path)
    return tuple(written)
