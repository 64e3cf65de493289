"""C02–C05, C14, C26: food and the need of magnesium."""

import math

import numpy as np

from somnesium import say
from somnesium.answers.claims.claim import ClaimFacts, Fact, Point, fact, labelled
from somnesium.answers.claims.crowd import CROWD, adults, averages, share
from somnesium.answers.claims.lives import OWN, change, diet, lived, serum_by_night, sleeper, taking
from somnesium.answers.claims.trials import pooled, published
from somnesium.answers.intake.adequacy import chance_below
from somnesium.answers.intake.requirements import LifeStage, references
from somnesium.answers.plan.lives import Life
from somnesium.body.assembly import Body
from somnesium.engine.lanes import leaf_index
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


def without_any(seed: int) -> ClaimFacts:
    """C02: two weeks of the usual diet, and four without any magnesium."""
    request = sleeper(seed, days=28, diet_mg=300.0)
    worlds = lived(request, {"no magnesium": Life(request.habits, diet(0.0))})
    falls = (
        change(worlds, key, f"{label} after four weeks without any", name, "no magnesium")
        for key, label, name in (
            ("serum", "serum", "serum_magnesium"),
            ("tissue", "soft-tissue store", "tissue_magnesium"),
        )
    )
    return ClaimFacts((_made(worlds), *falls), (), serum_by_night(worlds))


def _made(worlds: Worlds) -> Fact:
    """Most magnesium that arises from nothing in any body [mmol] over the nights without any."""
    result = worlds.results["no magnesium"]
    inside = result.field("tissue") + result.field("slow")
    volume = worlds.draws.values[leaf_index(Body, "stores.volume")]
    inside = inside + volume * result.field("serum")
    lost = result.field("urine") + result.field("endogenous")
    total = inside - result.field("absorbed") + lost
    made = float(np.nanmax(np.abs(total[14:] - total[14])))
    label = "magnesium made out of nothing in a fortnight, at most"
    return fact("made", label, made, "mmol", ("definition#mass-balance",))


def foods_named(seed: int) -> ClaimFacts:
    """C03: what the foods named hold in a portion."""
    sources, portions = ("usda_sr24", "judgement#food-tables"), []
    for name, description, grams in _FOODS:
        mg, label = _milligrams(description, grams), f"{name}, {say.figures(grams)} g"
        key = name.replace(" ", "_")
        portions.append(fact(key, label, mg, "mg", sources, _doubted(mg), "doubt90"))
    good = float(sum((portion.value or 0.0) >= _SHORT for portion in portions))
    label = "foods named with 42 mg or more in a portion"
    counts = (
        fact("good", label, good, "", ("usda_sr24", "definition#good-source")),
        fact("named", "foods looked up", float(len(portions)), "", ("definition#foods-named",)),
    )
    return ClaimFacts((*counts, *portions), (), labelled("a portion", portions))


def _menu_chance(mg: float, sex: str) -> float:
    """Chance in percent that a usual intake [mg] meets the need of someone of 40, with the doubt
    about food."""
    need = references(LifeStage(40.0, sex))[0]
    average, sd = need.average_mg or 0.0, need.requirement_sd_mg or 1.0
    return 100.0 * chance_below((mg - average) / math.hypot(sd, FOOD_DOUBT * mg))


def mixed_menu(seed: int) -> ClaimFacts:
    """C04: a mixed menu against the need, and what Americans eat."""
    mg = sum(_milligrams(name, grams) for name, grams in _MENU)
    low, high = _doubted(mg)
    label, sources = (
        "magnesium in a mixed, fairly healthy day",
        ("usda_sr24", "judgement#mixed-menu"),
    )
    menu = fact("menu", label, mg, "mg", sources, (low, high), "doubt90")
    chances = [
        fact(
            key,
            f"chance that this day meets the need of {key}",
            _menu_chance(mg, sex),
            "%",
            ("iom1997", "iom2000"),
            (_menu_chance(low, sex), _menu_chance(high, sex)),
            "doubt90",
        )
        for key, sex in (("women", "female"), ("men", "male"))
    ]
    people = adults(seed)
    average, sd = averages(people.age, people.sex == 0)
    risk = np.array([chance_below(z) for z in (average - people.food_mg) / sd])
    label, sources = "US adults whose food covers their need", (*CROWD, "iom1997", "iom2000")
    chances.append(share("covered", label, 1.0 - risk, sources))
    return ClaimFacts((menu, *chances), (), labelled("chance", chances))


def food_or_supplement(seed: int) -> ClaimFacts:
    """C05: the low eater goes on, eats more, or takes a supplement."""
    request = sleeper(seed, diet_mg=180.0)
    more, citrate, oxide = "more food, 150 mg", "citrate 300 mg", "oxide 300 mg"
    worlds = lived(
        request,
        {
            more: Life(request.habits, diet(330.0)),
            citrate: Life(request.habits, request.diet, taking(request, 300.0)),
            oxide: Life(request.habits, request.diet, taking(request, 300.0, "oxide")),
        },
    )
    facts = tuple(
        change(worlds, key, f"stores, {label}", "tissue_magnesium", world, against)
        for key, label, world, against in (
            ("food", "by 150 mg more in food", more, OWN),
            ("citrate", "by 300 mg as citrate", citrate, OWN),
            ("oxide", "by 300 mg as oxide", oxide, OWN),
            ("faster", "citrate less food", citrate, more),
            ("oxide_faster", "oxide less food", oxide, more),
        )
    )
    deficient = published("rodriguezmoran2003", "serum", "trial_deficient")
    trials = (*pooled("serum", "trial_serum"), deficient)
    return ClaimFacts(facts, trials, serum_by_night(worlds))


def _advised(women: tuple[float, float], men: tuple[float, float]) -> ClaimFacts:
    """Reference intakes of six authorities for adults of 40 beside the amounts claimed [mg]."""
    facts, points, authorities = [], [], ()
    for key, sex, (low, high) in (("women", "female", women), ("men", "male", men)):
        authorities = references(LifeStage(40.0, sex))
        values = [authority.recommended_mg for authority in authorities]
        within = float(sum(0.9 * low <= value <= 1.1 * high for value in values))
        sources = tuple(dict.fromkeys(s for authority in authorities for s in authority.sources))
        facts += [
            fact(name, f"{label} for {key}", value, unit, sources)
            for name, label, value, unit in (
                (key, "authorities within a tenth of the claim", within, ""),
                (f"{key}_least", "least any authority sets", min(values), "mg"),
                (f"{key}_most", "most any authority sets", max(values), "mg"),
                (f"{key}_us", "US allowance", values[0], "mg"),
                (f"{key}_said", "most the article says", high, "mg"),
                (f"{key}_said_least", "least the article says", low, "mg"),
            )
        ]
        points += [
            Point(series=key, x=f"{authority.name}, {key}", y=authority.recommended_mg)
            for authority in authorities
        ]
        points.append(Point(series="the article", x=f"the article, {key}", y=high))
    sources = ("definition#authorities",)
    total = fact("authorities", "authorities compared", float(len(authorities)), "", sources)
    return ClaimFacts((total, *facts), (), tuple(points))


def advised_roughly(seed: int) -> ClaimFacts:
    """C14: 300 mg a day for women and 400 for men, beside what authorities advise."""
    return _advised((300.0, 300.0), (400.0, 400.0))


def advised_by_age(seed: int) -> ClaimFacts:
    """C26: 310 to 320 mg a day for women and 400 to 420 for men, beside what authorities advise."""
    return _advised((310.0, 320.0), (400.0, 420.0))
