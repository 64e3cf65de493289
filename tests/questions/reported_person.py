"""Someone to be reported, with what is to be looked at changed."""

from somnesium.person.request import Request, read_request

DOCUMENT = {
    "person": {"age": 52, "sex": "female", "mass_kg": 68, "height_cm": 168},
    "habits": {"bedtime": "23:00", "rise": "07:00", "time_zone": "Europe/Berlin"},
    "diet": {"magnesium_mg_per_day": 260},
    "people": 8,
    "days": 14,
}


def changed(medicines=(), intakes=None, at="21:00") -> Request:
    """The document with medicines, and a plan: 100 mg as citrate `at` a time, or `intakes`."""
    usual = [{"form": "citrate", "magnesium_mg": 100, "mass_is": "elemental", "times": [at]}]
    return read_request(
        {
            **DOCUMENT,
            "person": {**DOCUMENT["person"], "medicines": list(medicines)},
            "regimen": {"intakes": usual if intakes is None else intakes},
        }
    )
