"""How often a self-experiment is wrong: `python -m bench.selftrial [--write]`.

Histories without an effect, and with one, in every design a person may choose; our analysis beside
the naive t test and the randomisation test. Everything is drawn from fixed seeds.

A design is an allocation with its missing nights; the analysis of a design is calibrated once and
then read for many histories of it, exactly as it would be for each. 40 designs a cell.
"""

import argparse
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student
from scipy.stats import ttest_ind

from somnesium.answers.selftrial.analysis import estimate
from somnesium.answers.selftrial.calibration import calibrate
from somnesium.answers.selftrial.data import Reading, Series
from somnesium.answers.selftrial.model import fit, marginal
from somnesium.answers.selftrial.monitoring import EARLY, log_evidence
from somnesium.answers.selftrial.randomisation import Pairs, estimates
from somnesium.answers.selftrial.terms import Choices, Terms, terms
from somnesium.answers.selftrial.verdict import CERTAIN, FEWEST_PERIODS

PAGE = Path(__file__).parents[1] / "docs" / "selftrial.md"
SD, TREND, WEEKEND, DEVICE_SD, EFFECT = 30.0, 15.0, 12.0, 19.5, 15.0
DESIGNS = 40
WHOLE = (56, 4)
WATCHED = 20
SHAPES = tuple((n, b) for n in (28, 56, 84) for b in (1, 2, 4, 7, 14))


class Kind(NamedTuple):
    """How the nights of a cell differ."""

    name: str
    persistence: float
    device: bool = False
    heavy: bool = False


KINDS = (
    Kind("AR 0", 0.0),
    Kind("AR 0.3", 0.3),
    Kind("AR 0.6", 0.6),
    Kind("AR 0.3, device", 0.3, device=True),
    Kind("AR 0.6, device", 0.6, device=True),
    Kind("AR 0.3, heavy tails", 0.3, heavy=True),
)


class Rates(NamedTuple):
    """Shares of histories [1] by kind of night, each (kinds,)."""

    verdict: np.ndarray
    missed: np.ndarray
    half: np.ndarray
    naive: np.ndarray
    dealt: np.ndarray
    histories: int


def nights(kind: Kind, count: int, histories: int, random: np.random.Generator) -> np.ndarray:
    """Minutes of `histories` nights in a row without an effect, (nights, histories)."""
    shocks = random.standard_normal((count, histories))
    if kind.heavy:
        shocks = random.standard_t(4, (count, histories)) / np.sqrt(2.0)
    out = shocks.copy()
    for k in range(1, count):
        out[k] = kind.persistence * out[k - 1] + np.sqrt(1 - kind.persistence**2) * shocks[k]
    when = np.arange(count)
    out = 40.0 + SD * out + (TREND * (when / count - 0.5) + WEEKEND * (when % 7 >= 5))[:, None]
    return out + kind.device * DEVICE_SD * random.standard_normal((count, histories))


def series_of(dealt: np.ndarray, scheme: Pairs, values: np.ndarray, device: bool) -> Series:
    """A series of one history. Monday is the first night."""
    instrument = Reading("oura" if device else "psg", values)
    return Series(
        "awake_after_onset",
        date(2026, 3, 2),
        dealt,
        scheme.periods(),
        np.full(len(dealt), np.nan),
        (instrument,),
    )


def dealt_anew(
    rows: Terms, scheme: Pairs, own: np.ndarray, readings: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """p values of the randomisation test, (histories,)."""
    dealt = np.unique([scheme(random) for _ in range(400)] + [own], axis=0)
    reach = np.abs(estimates(rows, dealt[:, rows.night], readings))
    mine = np.abs(estimates(rows, own[None, rows.night], readings))
    return (reach[np.isfinite(reach[:, 0])] >= mine - 1e-9).mean(axis=0)


def cell(shape: tuple[int, int], histories: int, effect: float, seed: int) -> Rates:
    """All kinds of night in one shape of experiment."""
    count, block = shape
    scheme, each = Pairs(count, block), -(-histories // DESIGNS)
    random = np.random.Generator(np.random.Philox(key=seed))
    sums = np.zeros((5, len(KINDS)))
    for _ in range(DESIGNS):
        own = scheme(random)
        gap = random.random(count) < 0.1
        while len(set(own[~gap])) < 2:
            gap = random.random(count) < 0.1
        known: dict[bool, tuple] = {}
        for k, kind in enumerate(KINDS):
            table = nights(kind, count, each, random) + effect * own[:, None]
            first = np.where(gap, np.nan, table[:, 0])
            if kind.device not in known:
                rows = terms(series_of(own, scheme, first, kind.device), Choices())
                design = marginal(rows)
                known[kind.device] = rows, design, calibrate(rows, design)
            rows, design, calibration = known[kind.device]
            readings = table[~gap]
            found = fit(design, readings)
            half = found.spread * calibration.stretch(found.width)
            certain = student.ppf(0.5 + 0.5 * CERTAIN, calibration.freedom)
            needed = half * certain / student.ppf(0.975, calibration.freedom)
            periods = len(np.unique(scheme.periods()[~gap]))
            sums[0, k] += np.mean((np.abs(found.centre) > needed) & (periods >= FEWEST_PERIODS))
            sums[1, k] += np.mean(np.abs(found.centre - effect) > half)
            sums[2, k] += np.mean(half)
            on, off = own[~gap] == 1, own[~gap] == 0
            sums[3, k] += np.mean(
                ttest_ind(readings[on], readings[off], equal_var=False).pvalue < 0.05
            )
            p = dealt_anew(rows, scheme, own, readings, random)
            sums[4, k] += np.mean(p <= 0.05)
    return Rates(*(sums / DESIGNS), histories=DESIGNS * each)


def table(histories: int, say=print) -> str:
    """The page's table: false verdicts, and coverage of planted effects."""
    lines = [
        "| nights | block | nights are | false verdicts | naive t test | randomisation test "
        "| 95 % intervals hold | half-width, min | told of 15 min |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    worst, least, most = 0.0, 1.0, 0.0
    for number, shape in enumerate(SHAPES):
        begin = time.perf_counter()
        null = cell(shape, histories, 0.0, 1000 + number)
        real = cell(shape, histories, EFFECT, 2000 + number)
        for k, kind in enumerate(KINDS):
            held = 1.0 - 0.5 * (real.missed[k] + null.missed[k])
            worst = max(worst, null.verdict[k])
            least, most = min(least, held), max(most, held)
            lines.append(
                f"| {shape[0]} | {shape[1]} | {kind.name} | {100 * null.verdict[k]:.1f} % "
                f"| {100 * null.naive[k]:.1f} % | {100 * null.dealt[k]:.1f} % "
                f"| {100 * held:.1f} % | {real.half[k]:.0f} | {100 * real.verdict[k]:.0f} % |"
            )
        say(f"{shape}: {time.perf_counter() - begin:.0f} s", flush=True)
    lines.append("")
    lines.append(
        f"{null.histories:,} histories without an effect and as many with one in each "
        f"row; worst rate of false verdicts {100 * worst:.1f} %, intervals held in "
        f"{100 * least:.1f} to {100 * most:.1f} %."
    )
    return "\n".join(lines)


def whole(shape: tuple[int, int], kind: Kind, histories: int, seed: int) -> tuple[float, float]:
    """False verdicts and missed effects [1] of the analysis as people get it, history by history.

    Nothing is shared between histories: wild nights are tamed, the share of the instrument is
    taken from each, and each is calibrated.
    """
    count, block = shape
    scheme = Pairs(count, block)
    random = np.random.Generator(np.random.Philox(key=seed))
    wrong = missed = 0
    for _ in range(histories):
        own = scheme(random)
        values = nights(kind, count, 1, random)[:, 0]
        values[random.random(count) < 0.1] = np.nan
        made = estimate(series_of(own, scheme, values, kind.device), Choices())
        centre, scale, freedom = made.likelihood
        reach = abs(centre) / scale
        wrong += reach > student.ppf(0.5 + 0.5 * CERTAIN, freedom)
        missed += reach > student.ppf(0.975, freedom)
    return wrong / histories, missed / histories


def whole_table(histories: int) -> str:
    """The second table: the whole analysis, not only its engine."""
    lines = [
        "| nights | block | nights are | false verdicts | 95 % intervals hold |",
        "|---|---|---|---|---|",
    ]
    for k in (1, 3, 5):
        wrong, missed = whole(WHOLE, KINDS[k], histories, 3000 + k)
        lines.append(
            f"| {WHOLE[0]} | {WHOLE[1]} | {KINDS[k].name} | {100 * wrong:.1f} % "
            f"| {100 - 100 * missed:.1f} % |"
        )
    return "\n".join([*lines, "", f"{histories:,} histories without an effect in each row."])


class Peeked(NamedTuple):
    """Shares of histories without an effect [1] that end in helps or harms, looked at often.

    `whole`: at an early look or at the end; `early`: before the end; `naive`: a t test below 5 %
    at any look.
    """

    whole: float
    early: float
    naive: float


def peeked(shape: tuple[int, int], kind: Kind, histories: int, seed: int) -> Peeked:
    """Everyone looks every fourth morning from the twentieth on, and stops when allowed to."""
    count, block = shape
    scheme, random = Pairs(count, block), np.random.Generator(np.random.Philox(key=seed))
    sums = np.zeros(3)
    for _ in range(WATCHED):
        own = scheme(random)
        table = nights(kind, count, -(-histories // WATCHED), random)
        one = series_of(own, scheme, table[:, 0], kind.device)
        early, naive = np.zeros((2, table.shape[1]), bool)
        for seen in range(20, count + 1, 4):
            on = own[:seen] == 1
            rows = terms(one.until(seen), Choices())
            early |= log_evidence(rows, table[:seen]) > -np.log(EARLY)
            naive |= ttest_ind(table[:seen][on], table[:seen][~on]).pvalue < 0.05
        rows = terms(one, Choices())
        design = marginal(rows)
        calibration, found = calibrate(rows, design), fit(design, table)
        scale = found.spread * calibration.stretch(found.width)
        scale /= student.ppf(0.975, calibration.freedom)
        late = np.abs(found.centre) > scale * student.ppf(0.5 + 0.5 * CERTAIN, calibration.freedom)
        sums += np.mean(early | late), np.mean(early), np.mean(naive)
    return Peeked(*(sums / WATCHED))


def peeked_table(histories: int) -> str:
    """The third table: what looking often does."""
    lines = [
        "| nights | block | nights are | false verdicts | of them early | naive t test |",
        "|---|---|---|---|---|---|",
    ]
    for block in (4, 7):
        for k, kind in enumerate(KINDS[:3]):
            found = peeked((56, block), kind, histories, 4000 + 10 * block + k)
            lines.append(
                f"| 56 | {block} | {kind.name} | {100 * found.whole:.1f} % "
                f"| {100 * found.early:.2f} % | {100 * found.naive:.0f} % |"
            )
    return "\n".join([*lines, "", f"{histories:,} histories without an effect in each row."])


def main() -> None:
    """Run the study; with `--write`, put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=2400)
    parser.add_argument("--whole", type=int, default=1600, help="histories of the second table")
    parser.add_argument("--write", action="store_true", help="write docs/selftrial.md")
    asked = parser.parse_args()
    parts = (table(asked.histories), whole_table(asked.whole), peeked_table(asked.histories))
    text = "\n\n".join(parts)
    print(text)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split("<!-- begin study -->\n")
        tail = rest.split("<!-- end study -->")[1]
        PAGE.write_text(
            f"{head}<!-- begin study -->\n{text}\n<!-- end study -->{tail}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
