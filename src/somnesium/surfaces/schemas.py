"""The published JSON Schemas."""

import json

from somnesium.errors import InvalidInput

__all__ = ["NAMES", "schema_text"]

NAMES = (
    "request",
    "forecast",
    "check",
    "qualify",
    "population",
    "intake_request",
    "intake",
    "intake_group",
)
"""Documents with a published schema."""


def schema_text(name: str) -> str:
    """JSON Schema (2020-12) of a document by name."""
    if name not in NAMES:
        raise InvalidInput.field("schema", name, ", ".join(NAMES))
    if name == "request":
        from somnesium.person.request import Request as Model
    elif name == "check":
        from somnesium.answers.safety import SafetyAnswer as Model
    elif name == "population":
        from somnesium.app.population import PopulationAnswer as Model
    elif name == "intake_request":
        from somnesium.person.record import IntakeQuestion as Model
    elif name == "intake":
        from somnesium.app.intake import IntakeAnswer as Model
    elif name == "intake_group":
        from somnesium.app.intake_group import GroupAnswer as Model
    elif name == "qualify":
        from somnesium.app.qualify import Qualification as Model
    else:
        from somnesium.app.schema import ForecastAnswer as Model
    asked = name.endswith("request")
    found = Model.model_json_schema(mode="validation" if asked else "serialization")
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
