"""What is printed for an experiment: the preregistration, labels, and the helper's sheet.

The one who takes part gets all but the helper's files. Those say what is in the bottles.
"""

import json
from collections import Counter
from html import escape
from pathlib import Path

from somnesium import say
from somnesium.answers.selftrial.design.question import scale_of
from somnesium.errors import InvalidInput
from somnesium.person.regimen import Intake
from somnesium.questions.experiment.design import Begun, expectation, washout
from somnesium.questions.experiment.today import dose_moments
from somnesium.surfaces.paper.calendar import calendar_text

_STYLE = (
    "body{font:16px/1.45 sans-serif;max-width:42em;margin:2em auto;padding:0 1em}"
    "section{border:2px solid #000;padding:1em;margin:1em 0;break-inside:avoid}"
    "h1{font-size:1.5em}h2{font-size:1.2em}td,th{border:1px solid #888;padding:.2em .6em}"
    "table{border-collapse:collapse}"
)


def page(title: str, text: str, boxed: bool = False) -> str:
    """Plain Markdown of ours (headings, lists, paragraphs) as a page to print; no scripts."""
    out, listed, boxes = [], False, 0
    for line in text.splitlines():
        if listed and not line.startswith("- "):
            out.append("</ul>")
            listed = False
        if line.startswith("- "):
            out += ([] if listed else ["<ul>"]) + [f"<li>{escape(line[2:])}</li>"]
            listed = True
        elif line.startswith("## "):
            if boxed:
                out.append(("</section>" if boxes else "") + "<section>")
                boxes += 1
            out.append(f"<h2>{escape(line[3:])}</h2>")
        elif line.startswith("# "):
            out.append(f"<h1>{escape(line[2:])}</h1>")
        elif line:
            out.append(f"<p>{escape(line)}</p>")
    out += (["</ul>"] if listed else []) + (["</section>"] if boxes else [])
    body = "\n".join(out)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _contents(intake: Intake) -> str:
    """What one serving holds, in words."""
    if intake.product is not None:
        parts = ", ".join(
            _amount(part.substance, part.amount_mg, part.mass_is, part.form)
            for part in intake.product.ingredients
        )
        return f"{intake.product.name} ({parts} a serving)"
    return f"{_amount('magnesium', intake.magnesium_mg, intake.mass_is, intake.form)} a serving"


def _amount(substance: str, mg: float | None, mass_is: str | None, form: str | None) -> str:
    """Milligrams of what; for magnesium whether the element's or the compound's are meant."""
    if substance != "magnesium":
        return f"{say.figures(mg)} mg {substance}"
    return f"{say.figures(mg)} mg magnesium ({mass_is or 'elemental'}) as {form}"


def _servings(begun: Begun) -> dict[str, float]:
    """Servings that each bottle must hold."""
    count: Counter[str] = Counter()
    for evening, letter in begun.allocation.nights:
        for _, servings in dose_moments(begun.plan, evening):
            count[letter] += servings  # type: ignore[assignment]
    return dict(count)


def labels_text(begun: Begun) -> str:
    """Labels of both bottles; they do not say what is inside."""
    name, times = begun.experiment.hash[:12], []
    for intake in begun.plan.regimen.intakes:
        food = ", with food" if intake.with_food else ""
        times.append(f"{say.figures(intake.servings)} at {' and '.join(intake.times)}{food}")
    lines = ["# Labels", ""]
    for letter, servings in sorted(_servings(begun).items()):
        lines += [
            f"## Bottle {letter}",
            f"Sleep experiment {name}. For {begun.plan.request.person.name or 'one person'} only.",
            f"On the evenings of {letter}: {'; '.join(times)}.",
            f"Holds {say.figures(servings)} servings. Keep away from children. Cool and dry.",
            "In an emergency the helper's sheet says what is inside.",
            "",
        ]
    return "\n".join(lines)


def helper_text(begun: Begun) -> str:
    """What a helper or pharmacist does. It says what is in each bottle."""
    counts, letters = _servings(begun), begun.allocation.letters
    lines = [
        "# For the helper only",
        "",
        "If you take part in this experiment, do not read on. Give this sheet to your helper.",
        "",
        "## What goes where",
    ]
    for letter in ("A", "B"):
        lines.append(
            f"- Bottle {letter}: {letters[letter]}, {say.figures(counts.get(letter, 0))} servings."
        )  # type: ignore[index]
    lines += ["", "## The plan holds"]
    lines += [
        f"- {_contents(one)}; {say.figures(one.servings)} at a time"
        for one in begun.plan.regimen.intakes
    ]
    lines += [
        "",
        "## How to fill the bottles",
        "- Use opaque capsules of one size and colour for both. Many pharmacies do this for you.",
        "- Placebo: the same capsules with a filler such as microcrystalline cellulose. Ask about "
        "allergies first. No lactose if milk does not agree with them.",
        "- Fill both to the same weight. Close, wipe, and look: they must look, smell and rattle "
        "alike.",
        "- Powder and gummies cannot be hidden: use capsules, or do the experiment openly.",
        "- Put 5 spare servings into each bottle. Stick on the labels.",
        "- Write the batch and the date of expiry here: ____________________",
        "",
        "## Then",
        "- Say nothing about which is which, not by a look either, until the last night is over.",
        "- Keep this sheet in a closed envelope. In an emergency open it at once, and tell the "
        "doctor. Write down that it was opened, and why.",
        f"- The envelope belongs to {begun.experiment.hash[:12]}. The seal is {_seal(begun)}.",
        "",
    ]
    return "\n".join(lines)


def _seal(begun: Begun) -> str:
    return json.loads(begun.experiment.preregistration)["allocation"]["sha256"]


def preregistration_page(begun: Begun) -> str:
    """The preregistration to read; the JSON beside it is what the hash is of."""
    table = json.loads(begun.experiment.preregistration)
    design, scale = table["design"], scale_of(begun.plan.request.trial.measure)
    lines = [
        "# Preregistration",
        "",
        f"Written {table['written']}. SHA-256 of preregistration.json: {begun.experiment.hash}",
        "",
        "## Question",
        f"Does {begun.plan.regimen.name or 'the plan'} change {scale.label} ({design['better']} is "
        f"better) by at least {say.figures(design['worthwhile'])} {design['unit']}? Kind: "
        f"{design['question']}.",
        "## Design",
        f"- {2 * design['blocks']} periods of {design['period_nights']} nights, in blocks of two",
        f"- run-in: {design['run_in_nights']} nights, from {begun.plan.request.start.isoformat()}",
        f"- first evening {table['first_evening']}, last evening {table['last_evening']}",
        f"- blinding: {design['blinding']}",
        f"- allocation: {table['allocation']['algorithm']}, sealed as "
        f"{table['allocation']['sha256']}",
        f"- {washout(design['question'], design['half_life_nights'])}",
        "## Analysis",
        *(f"- {name}: {_plain(value)}" for name, value in table["analysis"].items()),
        "## Before it began",
        f"- {table['verdict_before']['verdict']}",
        *(f"- {text}" for text in table["verdict_before"]["reasons"]),
        f"- {expectation(begun.plan.request)[0]}",
        "## When to stop",
        *(f"- {text}" for text in table["stop_rules"]),
        "",
    ]
    return "\n".join(lines)


def _plain(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def kit_files(begun: Begun) -> dict[str, bytes]:
    """The files of the one who takes part, by name. They do not say what is in a bottle."""
    read = preregistration_page(begun)
    return {
        "preregistration.json": begun.experiment.preregistration.encode(),
        "preregistration.md": read.encode(),
        "preregistration.html": page("Preregistration", read).encode(),
        "calendar.ics": calendar_text(begun, begun.plan.request.start),
    }


def helper_files(begun: Begun) -> dict[str, bytes]:
    """The files of the helper, by name: they say what is in the bottles. None if it is open."""
    if begun.plan.request.trial.blinding != "capsules":
        return {}
    labels, helper = labels_text(begun), helper_text(begun)
    return {
        "labels.md": labels.encode(),
        "labels.html": page("Labels", labels, boxed=True).encode(),
        "for_the_helper_only.md": helper.encode(),
        "for_the_helper_only.html": page("For the helper only", helper).encode(),
    }


def write_kit(folder: Path, begun: Begun) -> tuple[Path, ...]:
    """Write the kit into a new folder, all of it or nothing; tells its files."""
    files = kit_files(begun) | helper_files(begun)
    part = folder.with_name(folder.name + ".part")
    try:
        part.mkdir(mode=0o700)
        for name, content in files.items():
            (part / name).write_bytes(content)
        part.rename(folder)
    except OSError as error:
        for name in files:
            (part / name).unlink(missing_ok=True)
        if part.is_dir():
            part.rmdir()
        allowed = "a new folder in one you can write to"
        raise InvalidInput.field("--kit", str(folder), allowed, error.strerror or "") from None
    return tuple(folder / name for name in files)
