"""Write the generated pages of the documentation, or check that they are current.

    python -m docs.generate             parameters.md, covariates.md and schema/*.json
    python -m docs.generate --check     say which of them are out of date; exit code 1 if any is
    python -m docs.generate --measured  run the benchmarks and the README's forecast, and fill the
                                        marked places of accuracy.md, README.md and tutorial.md

Run from the repository's root. `--measured` simulates: minutes, not seconds.
"""

import re
import subprocess
import sys
from pathlib import Path

from docs.claim_pages import write_claims
from docs.evidence_page import evidence_page

from somnesium.quantity import Par, declared
from somnesium.simulation.individual import Covariates, parameters
from somnesium.sources import cite
from somnesium.surfaces.schemas import MODELS, schema_text

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_HEAD = "<!-- Written by `python -m docs.generate`: change the source, not this page. -->\n\n"
_ORGANS = {
    "clock": "Body clock",
    "pressure": "Sleep pressure",
    "pineal": "Melatonin",
    "adrenal": "Cortisol",
    "nerves": "Arousal and the two nervous systems",
    "caffeine": "Caffeine",
    "alcohol": "Alcohol",
    "calmatives": "Co-ingredients",
    "gut": "Gut",
    "stores": "Blood and stores",
    "kidney": "Kidney",
    "brain": "Brain",
    "chain": "Stage chain",
}


def _number(value: float) -> str:
    """A number as a person writes it, four digits."""
    return f"{value:.4g}"


def _spread(par: Par) -> str:
    """How people differ."""
    if par.cv:
        return f"× (CV {_number(par.cv)})"
    return f"± {_number(par.sd)} (SD)" if par.sd else "–"


def _row(name: str, value: float, par: Par) -> str:
    doubt = f"{100 * par.doubt:.0f} %" if par.doubt else "–"
    unit = "–" if par.unit == "1" else par.unit
    return f"| `{name}` | {_number(value)} | {unit} | {_spread(par)} | {doubt} | {par.source} |"


def _sources(keys: list[str]) -> list[str]:
    """One line for every published source among keys."""
    lines = []
    for head in sorted({key.split("#")[0] for key in keys} - {"judgement", "fitted", "definition"}):
        entry = cite(head)
        doi = f" doi:{entry['doi']}" if entry["doi"] else ""
        note = f" ({entry['note']})" if entry["note"] else ""
        lines.append(f"- **{head}**: {entry['citation']}{doi}{note}")
    return lines


_TABLE = [
    "| name | value | unit | between people | our doubt | source |",
    "|---|---:|---|---|---:|---|",
]


def parameters_page() -> str:
    """Every parameter of the body, organ by organ."""
    found = parameters()
    parts = [
        "# Parameters",
        "Every number of the body as the code holds it: the typical healthy adult of 45 years. "
        "*Between people* is how they differ: a log-normal with this coefficient of variation, or "
        "a normal with this standard deviation. *Our doubt* is how unsure we are of the typical "
        "value itself, a normal that takes in zero and the other sign. A source is a paper; "
        "`fitted#…` means we chose the value so that the benchmark named is met; `judgement#…` is "
        "our own opinion; `definition#…` needs no source. [Covariates](covariates.md) say how "
        "age, sex, size, kidneys, conditions and medicines change them; [the model](model.md) "
        "says what they do.",
        f"{len(found)} parameters: "
        f"{sum(p.par.source.startswith('fitted') for p in found)} fitted, "
        f"{sum(p.par.source.startswith('judgement') for p in found)} judged, "
        f"{sum(p.par.source.startswith('definition') for p in found)} by definition, "
        "the rest from publications.",
    ]
    for organ in dict.fromkeys(p.name.split(".")[0] for p in found):
        rows = [_row(p.name, p.value, p.par) for p in found if p.name.startswith(organ + ".")]
        parts += [f"## {_ORGANS.get(organ, organ)}", "\n".join(_TABLE + rows)]
    parts += ["## Sources", "\n".join(_sources([p.par.source for p in found]))]
    return _HEAD + "\n\n".join(parts) + "\n"


def covariates_page() -> str:
    """How the typical body follows the person."""
    rows, keys = [], []
    for name, par in declared(Covariates, Par).items():
        value = Covariates._field_defaults[name]
        unit = "–" if par.unit == "1" else par.unit
        rows.append(f"| `{name}` | {_number(value)} | {unit} | {par.source} |")
        keys.append(par.source)
    parts = [
        "# Covariates",
        "How the typical body changes with the person: `simulation/individual.py` reads a `Person` "
        "and these numbers. Ages act per decade from 45 years, held between 18 and 90. Body stores "
        "go with fat-free mass, fluxes with its three-quarter power. `load_…` is added to the "
        "arousal load of someone with insomnia; `absorption_…` and `passage_…` multiply; "
        "`threshold_…` and `leak_…` are added.",
        "\n".join(["| name | value | unit | source |", "|---|---:|---|---|", *rows]),
        "## Sources",
        "\n".join(_sources(keys)),
    ]
    return _HEAD + "\n\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    found = {
        DOCS / "parameters.md": parameters_page(),
        DOCS / "covariates.md": covariates_page(),
        DOCS / "evidence_table.md": _HEAD + evidence_page(),
    }
    return found | {DOCS / "schema" / f"{name}.json": schema_text(name) for name in MODELS}


def outdated() -> list[str]:
    """Names of generated files that are missing or not current."""
    return [
        path.relative_to(ROOT).as_posix()
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def fill(page: Path, mark: str, text: str) -> None:
    """Put `text` between `<!-- begin mark -->` and `<!-- end mark -->` of a page."""
    old = page.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {mark} -->", f"<!-- end {mark} -->"
    if begin not in old or end not in old:
        raise SystemExit(f"{page.name}: no place marked {mark}")
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    new = re.sub(pattern, lambda _: f"{begin}\n{text.strip()}\n{end}", old, flags=re.DOTALL)
    page.write_text(new, encoding="utf-8")


def _said(*arguments: str) -> str:
    """What the command line prints; benchmarks that fall short are no failure here."""
    command = [sys.executable, "-m", "somnesium", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 6):
        raise SystemExit(f"{' '.join(arguments)}: exit code {done.returncode}")
    return done.stdout.decode("utf-8")


def measured() -> None:
    """Run what the documentation shows of the engine, and show it."""
    fill(DOCS / "accuracy.md", "benchmarks", _said("qualify", "--format", "md"))
    trials = _said("qualify", "--trials", "--figures", "docs/images")
    fill(DOCS / "calibration.md", "predicted", "```text\n" + trials.strip() + "\n```")
    write_claims(DOCS)
    forecast = _said("forecast", "examples/stressed_45.toml")
    parts = re.split(r"\n\n(?=[^\n]+\n=+\n)", forecast)
    opening = "```text\n" + parts[0].strip() + "\n```"
    changes = next(part for part in parts if part.startswith("What changes"))
    fill(ROOT / "README.md", "forecast", opening)
    fill(DOCS / "tutorial.md", "forecast", opening)
    fill(DOCS / "tutorial.md", "changes", "```text\n" + changes.strip() + "\n```")


def main(arguments: list[str]) -> int:
    """Write, check or measure; the exit code."""
    if arguments == ["--check"]:
        found = outdated()
        for name in found:
            sys.stdout.write(f"{name} is out of date: run `python -m docs.generate`\n")
        return int(bool(found))
    if arguments == ["--measured"]:
        measured()
    elif arguments:
        sys.stderr.write(f"{__doc__}")
        return 2
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
