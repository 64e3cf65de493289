"""A figure of the library laid out for a screen as wide as a phone's: the same marks and numbers.

Only the layout of the Vega-Lite definition changes: panels stand one below the other, plots are as
wide as the screen allows, titles are broken into lines, and names of rows stand above their rows.
"""

import textwrap
from typing import Any

PLOT = 270.0
"""Width of a plot on a phone, pixels: 360 less axis and margins (judgement#phone)."""
_MARGIN, _ROW = 10, 34
_LETTER = 0.54
"""Width of a letter, of the size of its type (judgement#mean-letter)."""
_CONCATS = ("vconcat", "hconcat", "concat")

Spec = dict[str, Any]


def narrow(spec: Spec) -> Spec:
    """A Vega-Lite definition as a dictionary, laid out for a phone; the one given stays."""
    found = {**spec, "vconcat": _stacked(spec), "padding": _MARGIN}
    for name in ("hconcat", "concat", "columns", "resolve"):
        found.pop(name, None)
    return _titled(found | _resolved(spec))


def _stacked(spec: Spec) -> list[Spec]:
    """All panels in one column, so that their plots begin at the same place."""
    for name in _CONCATS:
        if name in spec:
            own = {"data": spec["data"]} if "data" in spec else {}
            return [panel for part in spec[name] for panel in _stacked({**own, **part})]
    return [_panel(spec)]


def _resolved(spec: Spec) -> Spec:
    """What panels do not share, said of all of them if it was said of some."""
    parts = [part for name in _CONCATS for part in spec.get(name, [])]
    said = [one["resolve"] for one in (spec, *map(_resolved, parts)) if "resolve" in one]
    return {"resolve": {key: one[key] for one in said for key in one}} if said else {}


def _panel(spec: Spec) -> Spec:
    """One plot: not wider than the screen, rows with their names above them."""
    own = {"data": spec.get("data")}
    names = max((_rows({**own, **one}) for one in spec.get("layer", [spec])), default=0)
    found = _marks(spec, names > 0)
    if isinstance(found.get("width"), int | float):
        found["width"] = min(PLOT, found["width"])
    if names and isinstance(found.get("height"), int | float):
        found["height"] = max(found["height"], _ROW * names)
    if _type(found) == "text" and "layer" not in found:
        lines = found["mark"]["text"]
        found["height"] = 12 * (len(lines) if isinstance(lines, list) else 1)
    return _titled(found)


def _type(spec: Spec) -> str:
    mark = spec.get("mark", "")
    return mark.get("type", "") if isinstance(mark, dict) else mark


def _rows(spec: Spec) -> int:
    """How many named rows a plot has; none if its names are short, as those of stages are."""
    up = spec.get("encoding", {}).get("y", {})
    if up.get("type") != "nominal" or "labelLimit" not in (up.get("axis") or {}):
        return 0
    values = (spec.get("data") or {}).get("values", [])
    return len({row.get(up["field"]) for row in values})


def _marks(spec: Spec, named: bool) -> Spec:
    """A plot or a layer of it with its axes, legends and texts for a phone."""
    found = dict(spec)
    if "layer" in found:
        found["layer"] = [_marks(one, named) for one in found["layer"]]
    if "encoding" in found:
        found["encoding"] = {
            name: _channel(name, one, named) for name, one in found["encoding"].items()
        }
    mark = found.get("mark")
    if not isinstance(mark, dict) or mark.get("type") != "text":
        return found
    found["mark"] = mark = dict(mark)
    if "text" in mark:
        mark["text"] = _lines(mark["text"], mark.get("fontSize", 10))
    across = found.get("encoding", {}).get("x", {})
    if named and across.get("value", 0.0) > PLOT:
        found["encoding"]["x"] = {"value": PLOT}
        mark |= {"align": "right", "dy": -13}
    return found


def _channel(name: str, given: Any, named: bool) -> Any:  # noqa: ANN401
    """An encoding: names of rows above them, legends above the plot, titles broken."""
    if not isinstance(given, dict):
        return given
    found = dict(given)
    if name == "y" and named and found.get("type") == "nominal" and found.get("axis"):
        above = {"labelAlign": "left", "labelPadding": 0, "labelOffset": -14, "labelLimit": PLOT}
        found["axis"] = {**found["axis"], **above, "ticks": False, "zindex": 1}
    if isinstance(found.get("legend"), dict):
        found["legend"] = {**found["legend"], "orient": "top", "columns": 3}
    if isinstance(found.get("title"), str) and name in ("x", "y"):
        found["title"] = _lines(found["title"], 11)
    return found


def _titled(spec: Spec) -> Spec:
    """Title and subtitle in lines that fit."""
    title = spec.get("title")
    if title is None:
        return spec
    found = {"text": title} if not isinstance(title, dict) else dict(title)
    found["text"] = _lines(found["text"], found.get("fontSize", 13))
    if "subtitle" in found:
        found["subtitle"] = _lines(found["subtitle"], found.get("subtitleFontSize", 12))
    return {**spec, "title": found}


def _lines(text: str | list[str], size: float) -> list[str]:
    """A text in lines no wider than the screen, at a size of type in pixels."""
    most = int((PLOT + 3 * _MARGIN) / (_LETTER * size))
    whole = [text] if isinstance(text, str) else text
    return [line for one in whole for line in textwrap.wrap(one, most) or [""]]
