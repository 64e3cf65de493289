"""The longest document of a person that is still readable: everything there is, and long names."""

from somnesium.sources import packaged_toml

ODD = '#import "/etc/passwd" ] $x$ `a` <b> \\ *b* _i_ @k \U0001f600 שלום مرحبا \u202eabc\u202c '


def every_medicine(refused=True, most=100):
    """Names of as many medicines as fit, with times, some unknown, long and odd."""
    stopping = {"raltegravir", "maoi"}
    known = [
        key.replace("_", " ")
        for key, entry in packaged_toml("medicines.toml").items()
        if refused or stopping.isdisjoint({key, *entry["classes"]})
    ]
    known.sort(key=lambda name: (name not in ("raltegravir", "phenelzine"), name))
    told = [
        f"{name} 10 mg at {k % 24:02d}:00 and {(k + 9) % 24:02d}:30"
        for k, name in enumerate(known[: most - 10])
    ]
    return [*told, *(f"Unheard {ODD * 5}{k}" for k in range(10))]


def longest(refused=True, foods=60, **person):
    """A request document as a table; not `refused`, its plan is forecast."""
    from somnesium.person.foods import search_foods
    from somnesium.person.person import CONDITIONS, SYMPTOMS

    found = [
        one.ndb_no
        for word in ("oats", "bread", "milk", "rice", "beans", "fish")
        for one in search_foods(word, 15)
    ][:foods]
    stops = {
        "heart_block",
        "myasthenia_gravis",
        "bowel_obstruction",
        "hypermagnesaemia",
        "chronic_diarrhoea",
    }
    stops |= set() if refused else {"liver_disease", "yellow_skin"}
    line = {
        "product": {
            "name": ODD + "x" * 90,
            "ingredients": [
                {
                    "substance": "magnesium",
                    "amount_mg": 3,
                    "form": "citrate",
                    "mass_is": "elemental",
                },
                {"substance": "zinc", "amount_mg": 1},
                {"substance": "melatonin", "amount_mg": 0.2},
                {"substance": "tryptophan", "amount_mg": 2},
                {"substance": "vitamin_b6", "amount_mg": 1},
                {"substance": "ashwagandha", "amount_mg": 5},
            ],
        }
    }
    times = [f"{hour:02d}:15" for hour in range(24)]
    return {
        "name": ODD * 2,
        "person": {
            "name": ODD * 2,
            "age": 71,
            "sex": "female",
            "mass_kg": 70,
            "height_cm": 165,
            "serum_magnesium_mmol_l": 0.7,
            "conditions": [one for one in CONDITIONS if one not in stops],
            "symptoms": [one for one in SYMPTOMS if one not in stops | URGENT],
            "medicines": every_medicine(refused),
            "insomnia": "severe",
            "isi": 22,
            **person,
        },
        "habits": {"bedtime": "22:30", "rise": "06:30", "time_zone": "Europe/Paris"},
        "diet": {
            "meals": [{"at": "12:30", "foods": [{"food": one, "grams": 20} for one in found]}]
        },
        "regimen": {
            "name": ODD * 2,
            "intakes": [
                {**line, "times": times},
                *({**line, "times": times[k : k + 2]} for k in range(20)),
            ],
        },
        "people": 8,
        "days": 14,
    }


URGENT = frozenset(
    {
        "chest_pain",
        "fainting",
        "irregular_heartbeat",
        "seizure",
        "severe_weakness",
        "trouble_breathing",
        "confusion",
        "suicidal_thoughts",
        "mania",
        "hallucinations",
    }
)
