"""What was measured, as JSON and as a page."""

from typing import Any, NamedTuple

from bench.candidates import Missing, Rated
from bench.matched import MINUTES, SHARE
from bench.roofline import Roof
from bench.timing import Begun


class Measured(NamedTuple):
    """Everything one run of the bench found."""

    machine: str
    people: int
    nights: float
    ours: dict[str, Rated]
    """By precision."""
    peers: tuple[Rated, ...]
    missing: tuple[Missing, ...]
    begun: dict[str, Begun | None]
    roofs: dict[str, Roof]
    """By precision."""
    in_step: dict[str, float]
    """Share of the peak, by precision, where everyone in a tile lives the same hours."""
    by_people: dict[int, float]
    by_days: dict[int, float]
    by_cores: dict[int, float]
    seconds: float


def fastest_peer(peers: tuple[Rated, ...], one: bool = False) -> Rated | None:
    """The peer with the highest rate at matched accuracy, for many people or one."""
    met = [peer for peer in peers if peer.setting is not None]
    return max(met, key=lambda peer: peer.one if one else peer.many, default=None)


def _ratio(rate: float, peer: float | None) -> float | None:
    return rate / peer if peer else None


def document(found: Measured) -> dict[str, Any]:
    """The measurements as one JSON document; the first lines are what is asked most."""
    best, alone = fastest_peer(found.peers), fastest_peer(found.peers, one=True)
    rate = {precision: rated.many for precision, rated in found.ours.items()}
    cores = found.by_cores
    return {
        "ratio_to_fastest_peer": _ratio(rate["float64"], best and best.many),
        "ratio_to_fastest_peer_float32": _ratio(rate["float32"], best and best.many),
        "fastest_peer": best and best.label,
        "fraction_of_peak": found.roofs["float64"].fraction(rate["float64"]),
        "fraction_of_peak_float32": found.roofs["float32"].fraction(rate["float32"]),
        "fraction_of_peak_in_step": found.in_step["float64"],
        "ratio_alone": _ratio(found.ours["float64"].one, alone and alone.one),
        "fastest_peer_alone": alone and alone.label,
        "two_cores_over_one": _ratio(cores[2], cores[1]) if 2 in cores else None,
        "allowed": {"minutes": MINUTES, "magnesium": SHARE},
        "machine": found.machine,
        "people": found.people,
        "person_nights": found.nights,
        "person_nights_per_second_per_core": {
            **{f"somnesium {p}": _rated(r) for p, r in found.ours.items()},
            **{peer.label: _rated(peer) for peer in found.peers},
        },
        "missing": {peer.name: peer.why for peer in found.missing},
        "start": {name: b and b._asdict() for name, b in found.begun.items()},
        "roofline": {
            p: {**r._asdict(), "fraction": r.fraction(rate[p])} for p, r in found.roofs.items()
        },
        "rate_by_people": found.by_people,
        "seconds_per_thousand_nights_by_days": found.by_days,
        "rate_by_cores": found.by_cores,
        "seconds": found.seconds,
    }


def _rated(rated: Rated) -> dict[str, Any]:
    return {
        "many": rated.many,
        "one": rated.one,
        "setting": rated.setting and rated.setting.words,
        "wrong_minutes": rated.setting and rated.setting.wrong.minutes,
        "wrong_magnesium": rated.setting and rated.setting.wrong.magnesium,
        "version": rated.version,
    }


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table whose columns line up."""
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in [head, *rows]
    ]
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _candidates(found: Measured) -> str:
    best = fastest_peer(found.peers)
    rows = []
    for rated in (*found.ours.values(), *sorted(found.peers, key=lambda p: -p.many)):
        met = rated.setting
        rows.append(
            (
                f"{rated.label} {rated.version}".strip(),
                met.words if met else "never good enough",
                f"{met.wrong.minutes:.2f}" if met else "–",
                f"{met.wrong.magnesium:.1e}" if met else "–",
                f"{rated.many:,.0f}" if met else "–",
                f"{rated.many / best.many:.2g}" if met and best else "–",
                f"{rated.one:,.0f}" if met else "–",
            )
        )
    head = (
        "candidate",
        "loosest setting that is good enough",
        "worst min",
        "worst Mg",
        "nights/s, many",
        "× fastest peer",
        "nights/s, one person",
    )
    return table(head, rows)


def _starts(found: Measured) -> str:
    rows = [
        (name, f"{b.load:.2f}", f"{b.first:.3f}", f"{b.bytes / 1e6:.0f}")
        for name, b in found.begun.items()
        if b is not None
    ]
    return table(("candidate", "import and load s", "first night s", "memory MB"), rows)


def page(found: Measured) -> str:
    """Everything as Markdown."""
    said = document(found)
    roofs = [
        (
            p,
            f"{r.operations:,.0f}",
            f"{r.peak / 1e9:.1f}",
            f"{r.operations * found.ours[p].many / 1e9:.1f}",
            f"{100 * r.fraction(found.ours[p].many):.0f} %",
            f"{100 * found.in_step[p]:.0f} %",
        )
        for p, r in found.roofs.items()
    ]
    missing = "; ".join(f"{peer.name}: {peer.why}" for peer in found.missing) or "none"
    parts = [
        "# Benchmarks",
        "Written by `python -m bench`; rerun it to measure your own machine.",
        found.machine,
        f"{found.people} different people (bundled examples, their typical bodies and drawn ones), "
        f"{found.nights:.0f} person-nights with meals, coffee, drinks, light, stress and doses. "
        f"Each candidate runs at its loosest setting whose worst night is within {MINUTES} min of "
        f"latency and duration and {100 * SHARE:g} % of blood magnesium of LSODA at 1e-10. Rates "
        "are person-nights per second of one core, processor time, medians of repeats.",
        "## Against peers",
        _candidates(found),
        f"Not run: {missing}. The fastest peer is {said['fastest_peer']}.",
        "## Start and memory",
        "A new process up to its first night; our compiled code comes from the disk.",
        _starts(found),
        "## Against the machine",
        "Every distinct addition, multiplication, division, comparison and root is one operation, "
        "an exponential 33 and a logarithm 28 (21 and 16 in float32), as in our polynomials; only "
        "steps a person needs are counted. The peak is measured, a fused multiply-add as two. "
        "People of different hours share a tile, and a step in bed costs all of them: the last "
        "column is the share where everyone in a tile lives the same hours.",
        table(
            ("precision", "operations a night", "peak Gop/s", "reached Gop/s", "share", "in step"),
            roofs,
        ),
        "## Growth",
        table(
            ("people", "person-nights/s, one core"),
            [(f"{n:,}", f"{rate:,.0f}") for n, rate in found.by_people.items()],
        ),
        table(
            ("days", "seconds per 1,000 person-nights"),
            [(str(n), f"{s:.4f}") for n, s in found.by_days.items()],
        ),
        table(
            ("cores", "person-nights/s, wall time"),
            [(str(n), f"{rate:,.0f}") for n, rate in found.by_cores.items()],
        ),
    ]
    return "\n\n".join(parts) + "\n"
