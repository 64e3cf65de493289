"""The forecast in plain sentences: what a lay person reads first."""

from collections.abc import Mapping, Sequence

from somnesium import say
from somnesium.answers.effect import Course, Effect, Noticed, Onset
from somnesium.answers.safety.evaluate import Caution


def change(effect: Effect, digits: int = 0) -> str:
    """`−5 min (−18 to 0)`: the mean and the 90 % interval, with a true minus sign."""
    return say.estimate(effect.mean, effect.interval90, digits, effect.unit, sign=True)


def _size(found: dict[str, Effect]) -> str:
    """One sentence on how much the nights change."""
    latency, duration = found["latency"], found["duration"]
    largest = max(abs(latency.mean), abs(duration.mean))
    if largest < 1.0:
        return "We expect no change in your nights that you could notice."
    words = "a very small" if largest < 4.0 else "a small" if largest < 10.0 else "a fair"
    return (
        f"We expect {words} change: time to fall asleep {change(latency)}, "
        f"sleep {change(duration)}, deep sleep {change(found['slow_wave'])}."
    )


def _as_now(courses: Mapping[str, Course]) -> str:
    """The nights as they are, from the last one: means, and nine of ten people like this one."""

    def told(name: str) -> str:
        night = courses[name].worlds["without"]
        mean, low, high = (night[end][-1] for end in ("mean", "low", "high"))
        return f"{say.number(mean)} min ({say.span((low, high))})"

    return (
        f"As you live now, people like you fall asleep in {told('latency')} and sleep "
        f"{told('duration')}, {told('slow_wave')} of it deep."
    )


def summary(
    found: dict[str, Effect],
    felt: Noticed,
    shown: Onset,
    cautions: Sequence[Caution],
    courses: Mapping[str, Course],
    takes: bool,
) -> tuple[str, ...]:
    """The answer in a few plain sentences."""
    if not takes:
        return (
            "Nothing is taken in this plan, so nothing changes.",
            _as_now(courses),
            "The numbers in brackets hold nine of ten people like you, as far as we know.",
        )
    low, high = (100.0 * v for v in felt.interval90)
    lines = [
        _size(found),
        "The numbers in brackets hold nine of ten people like you, as far as we know.",
        f"About {say.number(100 * felt.share)} of 100 people like you would notice it "
        f"({say.span((low, high))}).",
        shown.text,
        "One dose hardly moves the brain: what counts is filling the stores over weeks.",
        "This leaves out the placebo response, which makes sleep feel better in most trials.",
    ]
    if cautions:
        lines.append(f"There are {len(cautions)} cautions: read them before you start.")
    return tuple(lines)
