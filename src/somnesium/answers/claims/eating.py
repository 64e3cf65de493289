"""C02–C05, C14, C26: food and the need of magnesium."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from somnesium import say
from somnesium.answers.claims.claim import Fact, Found, Limit, Point, bars, lines
from somnesium.answers.claims.crowd import CROWD, adults, averages, share
from somnesium.answers.claims.lives import Ask, change, diet, lived, point, sleeper, taking
from somnesium.answers.claims.trials import pooled, published
from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.intake.requirements import LifeStage, references
from somnesium.answers.plan.lives import Life
from somnesium.person.foods import find_food
from somnesium.simulation.worlds import FOOD_DOUBT, Worlds

_Z90 = 1.645
_FOODS = (
    ("pumpkin seeds", "Seeds, pumpkin and squash seed kernels, dried", 28.0),
    ("chia seeds", "Seeds, chia seeds, dried", 28.0),
    ("almonds", "Nuts, almonds", 28.0),
    ("cashews", "Nuts, cashew nuts, raw", 28.0),
    ("peanuts", "Peanuts, all types, raw", 28.0),
    ("black beans", "Beans, black, mature seeds, cooked, boiled, without salt", 172.0),
    ("spinach", "Spinach, cooked, boiled, drained, without salt", 90.0),
    ("brown rice", "Rice, brown, long-grain, cooked", 195.0),
    ("wholemeal bread", "Bread, whole-wheat, commercially prepared", 64.0),
    ("milk", "Milk, whole, 3.25% milkfat, with added vitamin D", 244.0),
    ("beef", "Beef, ground, 85% lean meat / 15% fat, patty, cooked, broiled", 85.0),
    ("chicken", "Chicken, broilers or fryers, breast, meat only, cooked, roasted", 85.0),
)
"""Foods the articles name, as the food table has them, and a usual portion [g] (usda_sr24)."""
_MENU = (
    ("Oats", 50.0),
    ("Milk, whole, 3.25% milkfat, with added vitamin D", 250.0),
    ("Bananas, raw", 118.0),
    ("Bread, whole-wheat, commercially prepared", 64.0),
    ("Cheese, cheddar", 28.0),
    ("Apples, raw, with skin", 150.0),
    ("Chicken, broilers or fryers, breast, meat only, cooked, roasted", 110.0),
    ("Potatoes, boiled, cooked without skin, flesh, without salt", 200.0),
    ("Broccoli, cooked, boiled, drained, without salt", 90.0),
    ("Beans, red, kidney, mature seeds, canned, drained solids", 60.0),
    ("Nuts, almonds", 14.0),
    ("Coffee, brewed from grounds, prepared with tap water", 474.0),
)
"""A mixed, fairly healthy day, g of each food (judgement#mixed-menu)."""
_SHORT = 42.0
"""A good source holds a tenth of the daily value of 420 mg in a portion (definition)."""


def _milligrams(name: str, grams: float) -> float:
    """Magnesium [mg] in a portion of a food of the table."""
    return float(find_food(name).magnesium_mg_per_100g or 0.0) * grams / 100.0


def _doubted(mg: float) -> tuple[float, float]:
    """90 % interval of an amount in food, by our doubt about food tables."""
    factor = math.exp(_Z90 * FOOD_DOUBT)
    return mg / factor, mg * factor


def _c02(ask: Ask) -> Found:
    """Three weeks of the usual diet, and of nothing."""
    request = sleeper(ask, days=28, diet_mg=300.0)
    worlds = lived(request, {"no magnesium": Life(request.habits, diet(0.0))})
    made, facts = _balance(worlds, ask), []
    for key, label, name in (
        ("serum", "serum after four weeks without any", "serum_magnesium"),
        ("tissue", "soft-tissue store after four weeks without any", "tissue_magnesium"),
    ):
        facts.append(change(worlds, key, label, name, "no magnesium"))
    points = _nights(worlds, "serum", 1)
    return Found(
        (made, *facts),
        (),
        lines("night", "serum magnesium, mmol/L", points, "middle 90 % of people"),
    )


def _balance(worlds: Worlds, ask: Ask) -> Fact:
    """Most magnesium that arises from nothing in any body [mmol] over the nights without any."""
    from somnesium.body.assembly import Body
    from somnesium.engine.lanes import leaf_index

    result = worlds.results["no magnesium"]
    inside = result.field("tissue") + result.field("slow")
    volume = worlds.draws.values[leaf_index(Body, "stores.volume")]
    inside = inside + volume * result.field("serum")
    lost = result.field("urine") + result.field("endogenous")
    total = inside - result.field("absorbed") + lost
    gained = total[14:] - total[14]
    made = float(np.nanmax(np.abs(gained)))
    return Fact(
        key="made",
        label="magnesium made out of nothing in a fortnight, at most",
        value=made,
        unit="mmol",
        sources=("definition#mass-balance",),
    )


def _nights(worlds: Worlds, field: str, factor: float) -> tuple[Point, ...]:
    """A field of every third night in every world: mean and middle 90 % of people."""
    out = []
    for world, result in worlds.results.items():
        rows = result.field(field)[1 : worlds.days + 1]
        for night in range(0, len(rows), 3):
            values = factor * rows[night]
            if np.isnan(values).any():
                continue
            low, high = (float(v) for v in np.quantile(values, [0.05, 0.95]))
            out.append(
                Point(series=world, x=float(night + 1), y=float(values.mean()), low=low, high=high)
            )
    return tuple(out)


def _c03(ask: Ask) -> Found:
    """What the foods named hold in a portion."""
    facts = []
    for label, name, grams in _FOODS:
        mg = _milligrams(name, grams)
        facts.append(
            Fact(
                key=label.replace(" ", "_"),
                label=f"{label}, {say.figures(grams)} g",
                value=mg,
                unit="mg",
                interval=_doubted(mg),
                level="doubt90",
                sources=("usda_sr24", "judgement#food-tables"),
            )
        )
    good = sum((fact.value or 0.0) >= _SHORT for fact in facts)
    count = Fact(
        key="good",
        label="foods named with 42 mg or more in a portion",
        value=float(good),
        sources=("usda_sr24", "definition#good-source"),
    )
    named = Fact(
        key="named",
        label="foods looked up",
        value=float(len(facts)),
        sources=("definition#foods-named",),
    )
    points = tuple(point("a portion", f.label, f) for f in facts)
    return Found(
        (count, named, *facts),
        (),
        bars(
            "food and portion",
            "magnesium, mg",
            points,
            "90 % of our doubt about food tables",
            limits=(Limit(value=_SHORT, label="a good source"),),
        ),
    )


def _menu_chance(mg: float, sex: str) -> float:
    """Chance in percent that a usual intake [mg] meets the need of someone of 40, with the doubt
    about food."""
    need = references(LifeStage(40.0, sex))[0]
    average, sd = need.average_mg or 0.0, need.requirement_sd_mg or 1.0
    return 100.0 * chance_below((mg - average) / math.hypot(sd, FOOD_DOUBT * mg))


def _c04(ask: Ask) -> Found:
    """A mixed menu against the need, and what Americans eat."""
    mg = sum(_milligrams(name, grams) for name, grams in _MENU)
    low, high = _doubted(mg)
    facts = [
        Fact(
            key="menu",
            label="magnesium in a mixed, fairly healthy day",
            value=mg,
            unit="mg",
            interval=(low, high),
            level="doubt90",
            sources=("usda_sr24", "judgement#mixed-menu"),
        )
    ]
    for key, sex in (("women", "female"), ("men", "male")):
        ends = (_menu_chance(low, sex), _menu_chance(high, sex))
        facts.append(
            Fact(
                key=key,
                label=f"chance that this day meets the need of {key}",
                unit="%",
                value=_menu_chance(mg, sex),
                interval=ends,
                level="doubt90",
                sources=("iom1997", "iom2000"),
            )
        )
    people = adults(ask.seed)
    average, sd = averages(people.age, people.sex == 0)
    risk = np.array([chance_below(z) for z in (average - people.food_mg) / sd])
    facts.append(
        share(
            "covered",
            "US adults whose food covers their need",
            1.0 - risk,
            (*CROWD, "iom1997", "iom2000"),
        )
    )
    return Found(
        tuple(facts),
        (),
        bars(
            "who",
            "covers the need, %",
            tuple(point("chance", f.label, f) for f in facts[1:]),
            "90 % of our doubt about food; of chance for the adults",
        ),
    )


def _c05(ask: Ask) -> Found:
    """The low eater goes on, eats more, or takes a supplement."""
    request = sleeper(ask, diet_mg=180.0)
    own = request.habits
    worlds = lived(
        request,
        {
            "more food, 150 mg": Life(own, diet(330.0)),
            "citrate 300 mg": Life(own, request.diet, taking(request, 300.0)),
            "oxide 300 mg": Life(own, request.diet, taking(request, 300.0, "oxide")),
        },
    )
    name = "tissue_magnesium"
    facts = (
        change(worlds, "food", "stores, by 150 mg more in food", name, "more food, 150 mg"),
        change(worlds, "citrate", "stores, by 300 mg as citrate", name, "citrate 300 mg"),
        change(worlds, "oxide", "stores, by 300 mg as oxide", name, "oxide 300 mg"),
        change(
            worlds,
            "faster",
            "stores, citrate less food",
            name,
            "citrate 300 mg",
            "more food, 150 mg",
        ),
        change(
            worlds,
            "oxide_faster",
            "stores, oxide less food",
            name,
            "oxide 300 mg",
            "more food, 150 mg",
        ),
    )
    trials = (
        *pooled("serum", "trial_serum"),
        published("rodriguezmoran2003", "serum", "trial_deficient"),
    )
    return Found(
        facts,
        trials,
        lines(
            "night", "serum magnesium, mmol/L", _nights(worlds, "serum", 1), "middle 90 % of people"
        ),
    )


def _intakes(women: tuple[float, float], men: tuple[float, float]) -> Found:
    """Reference intakes of six authorities for adults of 40 beside the amounts claimed [mg]."""
    facts, points = [], []
    for key, sex, claimed in (("women", "female", women), ("men", "male", men)):
        found = references(LifeStage(40.0, sex))
        values = [one.recommended_mg for one in found]
        low, high = claimed
        within = sum(0.9 * low <= value <= 1.1 * high for value in values)
        sources = tuple(dict.fromkeys(s for one in found for s in one.sources))
        rows = (
            (key, f"authorities within a tenth of the claim for {key}", float(within)),
            (f"{key}_least", f"least any authority sets for {key}", min(values)),
            (f"{key}_most", f"most any authority sets for {key}", max(values)),
            (f"{key}_us", f"US allowance for {key}", values[0]),
            (f"{key}_said", f"most the article says for {key}", high),
            (f"{key}_said_least", f"least the article says for {key}", low),
        )
        units = ("", "mg", "mg", "mg", "mg", "mg")
        facts += [
            Fact(key=k, label=text, value=value, unit=unit, sources=sources)
            for (k, text, value), unit in zip(rows, units, strict=True)
        ]
        points += [Point(series=key, x=f"{one.name}, {key}", y=one.recommended_mg) for one in found]
        points.append(Point(series="the article", x=f"the article, {key}", y=high))
    total = Fact(
        key="authorities",
        label="authorities compared",
        value=float(len(found)),
        sources=("definition#authorities",),
    )
    return Found(
        (total, *facts),
        (),
        bars(
            "authority, adults of 40",
            "advised intake, mg a day",
            tuple(points),
            "advised intakes are set, not measured: no interval",
        ),
    )


def _c14(ask: Ask) -> Found:
    return _intakes((300.0, 300.0), (400.0, 400.0))


def _c26(ask: Ask) -> Found:
    return _intakes((310.0, 320.0), (400.0, 420.0))


CLAIMS: Mapping[str, Callable[[Ask], Found]] = MappingProxyType(
    {"C02": _c02, "C03": _c03, "C04": _c04, "C05": _c05, "C14": _c14, "C26": _c26}
)
"""How each claim of this file is answered."""
