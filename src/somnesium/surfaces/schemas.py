"""The published JSON Schemas."""

import json
from importlib import import_module

from somnesium.errors import InvalidInput

MODELS = {
    "request": "person.request.Request",
    "forecast": "app.schema.ForecastAnswer",
    "check": "answers.safety.SafetyAnswer",
    "qualify": "app.qualify.Qualification",
    "population": "app.population.PopulationAnswer",
    "intake_request": "person.record.IntakeQuestion",
    "intake": "app.intake.IntakeAnswer",
    "intake_group": "app.intake_group.GroupAnswer",
    "plan": "app.plan.PlanAnswer",
    "risk": "app.risk.RiskAnswer",
    "evidence": "app.evidence_answer.EvidenceAnswer",
    "evidence_table": "app.evidence_answer.TableAnswer",
    "calibration": "app.calibration.CalibrationAnswer",
    "predicted": "app.predicted.TrialsAnswer",
    "trial_request": "answers.trial.design.Trial",
    "trial": "app.trial.TrialAnswer",
    "trial_published": "app.trial_published.PublishedAnswer",
    "attribution": "app.attribution.AttributionAnswer",
    "claims": "app.claims.ClaimsAnswer",
    "import": "app.imports.ImportAnswer",
    "morning_request": "app.diary.Morning",
    "morning": "app.diary.MorningAnswer",
    "design_request": "answers.selftrial_design.question.DesignQuestion",
    "design": "app.design.DesignAnswer",
    "experiment_today": "app.experiment_today.TodayAnswer",
    "analysis_request": "app.experiment_table.Carried",
    "analysis": "app.analyse.AnalysisAnswer",
    "cent": "app.cent.CentReport",
    "report": "app.report.ReportAnswer",
    "trial_summary": "app.pooling.TrialSummary",
    "pool": "app.pooling.PoolAnswer",
    "share_request": "app.share.ShareQuestion",
    "share": "app.share.ShareAnswer",
}
"""Documents with a published schema, and where each is defined."""


def schema_text(name: str) -> str:
    """JSON Schema (2020-12) of a document by name."""
    if name not in MODELS:
        raise InvalidInput.field("schema", name, ", ".join(MODELS))
    module, _, model = MODELS[name].rpartition(".")
    asked = name.endswith("request")
    found = getattr(import_module(f"somnesium.{module}"), model).model_json_schema(
        mode="validation" if asked else "serialization"
    )
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
