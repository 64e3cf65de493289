"""The published JSON Schemas."""

import json
from importlib import import_module

from somnesium.errors import InvalidInput

MODELS = {
    "request": "person.request.Request",
    "forecast": "questions.forecast.answer.ForecastAnswer",
    "check": "answers.safety.evaluate.SafetyAnswer",
    "qualify": "questions.qualify.Qualification",
    "population": "questions.population.PopulationAnswer",
    "intake_request": "person.record.IntakeQuestion",
    "intake": "questions.intake.intake.IntakeAnswer",
    "intake_group": "questions.intake.group.GroupAnswer",
    "plan": "questions.plan.PlanAnswer",
    "risk": "questions.risk.risk.RiskAnswer",
    "evidence": "questions.evidence.answer.EvidenceAnswer",
    "evidence_table": "questions.evidence.answer.TableAnswer",
    "calibration": "questions.calibration.CalibrationAnswer",
    "predicted": "questions.predicted.TrialsAnswer",
    "trial_request": "answers.trial.design.Trial",
    "trial": "questions.trial.trial.TrialAnswer",
    "trial_published": "questions.trial.published.PublishedAnswer",
    "attribution": "questions.attribution.attribution.AttributionAnswer",
    "claims": "questions.claims.ClaimsAnswer",
    "import": "questions.nights.imports.ImportAnswer",
    "morning_request": "questions.nights.diary.Morning",
    "morning": "questions.nights.diary.MorningAnswer",
    "design_request": "answers.selftrial.design.question.DesignQuestion",
    "design": "questions.experiment.design.DesignAnswer",
    "experiment_today": "questions.experiment.today.TodayAnswer",
    "analysis_request": "questions.experiment.table.Carried",
    "analysis": "questions.experiment.analyse.AnalysisAnswer",
    "cent": "questions.experiment.cent.CentReport",
    "report": "questions.report.report.ReportAnswer",
    "trial_summary": "questions.experiment.pooling.TrialSummary",
    "pool": "questions.experiment.pooling.PoolAnswer",
    "share_request": "questions.share.ShareQuestion",
    "share": "questions.share.ShareAnswer",
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
