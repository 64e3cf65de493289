"""OpenAPI 3.1 of the API, made from the documents' own schemas."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from somnesium.questions.version import model_version
from somnesium.surfaces.schemas import MODELS
from somnesium.surfaces.web.cases import CASES, Case, Options, part

Schema = dict[str, Any]

_OTHERS = ("uploads", "share_pages", "report_pages")
"""Modules with routes of their own under /api, which they describe in `OPERATIONS`."""
_ERROR: Schema = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string"},
        "exit_code": {"type": "integer"},
        "refusals": {"type": "array", "items": {"type": "string"}},
    },
}
_JOB: Schema = {
    "type": "object",
    "required": ["id", "name", "state", "progress", "seconds"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "description": "the use case"},
        "state": {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
        "progress": {
            "type": "object",
            "required": ["done", "total"],
            "properties": {"done": {"type": "integer"}, "total": {"type": "integer"}},
        },
        "seconds": {"type": "number", "description": "since it was begun"},
        "answer": {"type": "string", "description": "where its answer is"},
        "files": {"type": "array", "items": {"type": "string"}},
        "error": {"$ref": "#/components/schemas/Error"},
    },
}


def _error(about: str) -> Schema:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": about, "content": {"application/json": {"schema": schema}}}


_RETRY = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
_MANY = {**_error("too many requests, or too many questions wait"), "headers": _RETRY}
_REFUSED: Schema = {
    "401": _error("no password was given"),
    "403": _error("another site's page asks"),
    "413": _error("too large"),
    "421": _error("an unknown host"),
    "429": _MANY,
}
_WRONG = {"422": _error("a value, the document or the address is wrong")}
_FAILED: Schema = {
    "409": _error("refused for safety"),
    "500": _error("the body could not be computed"),
    "501": _error("an optional package is missing"),
}
_GONE = {"404": _error("no such thing, or no longer kept")}


def _found(schema: Schema, media: str = "application/json", about: str = "found") -> Schema:
    return {"description": about, "content": {media: {"schema": schema}}}


_LINKS = {
    name: {"operationId": operation, "parameters": {"id": "$response.body#/id"}}
    for name, operation in (("job", "job"), ("end", "end_job"), ("answer", "answer_of_job"))
}


def _begun() -> Schema:
    """The response that tells of a job."""
    told = _found({"$ref": "#/components/schemas/Job"}, about="a job, and where it is")
    place = {"Location": {"description": "of the job", "schema": {"type": "string"}}}
    return {**told, "headers": place, "links": _LINKS}


def _body(schema: Schema) -> Schema:
    toml = {"schema": {"type": "string", "description": "the same document as TOML"}}
    content = {"application/json": {"schema": schema}, "application/toml": toml}
    return {"required": True, "content": content}


def _parameters(case: Case) -> list[Schema]:
    """What a case may be asked beside, from the document of the options."""
    known = Options.model_json_schema()["properties"]
    found = []
    for name in case.options:
        schema = {key: value for key, value in known[name].items() if key != "title"}
        if "anyOf" in schema:  # a query has no null
            about = {key: schema[key] for key in ("description",) if key in schema}
            schema = {**schema["anyOf"][0], **about}
        found.append({"name": name, "in": "query", "schema": schema})
    return found


def _operation(name: str, case: Case, asked: Schema, told: Schema) -> Schema:
    found = _found(told, case.media, "the answer")
    late = {"202": _begun()} if case.long else {}
    return {
        "operationId": name,
        "summary": case.about,
        "parameters": _parameters(case),
        "requestBody": _body(asked),
        "responses": {"200": found, **late, **_WRONG, **_FAILED, **_REFUSED},
    }


def _begin(name: str, case: Case, asked: Schema) -> Schema:
    return {
        "operationId": f"begin_{name}",
        "summary": f"{case.about} (as a job)",
        "parameters": _parameters(case),
        "requestBody": _body(asked),
        "responses": {"202": _begun(), **_WRONG, **_REFUSED},
    }


def _text(name: str, where: str, required: bool = True) -> Schema:
    schema: Schema = {"type": "string", "minLength": 1} if where == "path" else {"type": "string"}
    return {"name": name, "in": where, "required": required, "schema": schema}


def _read(
    operation: str,
    about: str,
    found: Schema,
    *parameters: Schema,
    wrong: bool = False,
    gone: bool = False,
) -> Schema:
    """An operation that reads."""
    responses = {"200": found, **(_WRONG if wrong else {}), **(_GONE if gone else {}), **_REFUSED}
    return {
        "operationId": operation,
        "summary": about,
        "parameters": list(parameters),
        "responses": responses,
    }


def _jobs() -> dict[str, Schema]:
    """Jobs as resources."""
    job, id = {"$ref": "#/components/schemas/Job"}, _text("id", "path")
    binary = {"type": "string", "format": "binary"}
    events = {
        "type": "object",
        "properties": {
            "event": {"enum": ["progress", "done", "failed", "cancelled"]},
            "data": {"type": "string", "description": "the job, as JSON"},
        },
    }
    return {
        "/api/jobs/{id}": {
            "get": _read("job", "How far is a job?", _found(job), id, gone=True),
            "delete": _read("end_job", "End a job", _found(job), id, gone=True),
        },
        "/api/jobs/{id}/answer": {
            "get": _read(
                "answer_of_job", "The answer of a job that is done", _found({}), id, gone=True
            )
        },
        "/api/jobs/{id}/events": {
            "get": _read(
                "events_of_job",
                "A job's progress, told as it comes",
                _found(events, "text/event-stream"),
                id,
                gone=True,
            )
        },
        "/api/jobs/{id}/files/{name}": {
            "get": _read(
                "file_of_job",
                "A file that a job wrote",
                _found(binary, "application/octet-stream"),
                id,
                _text("name", "path"),
                gone=True,
            )
        },
    }


def _reading() -> dict[str, Schema]:
    """What is looked up."""
    rows = {"type": "array", "items": {"type": "object"}}
    limit = {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 15},
    }
    named = {"name": "name", "in": "path", "required": True, "schema": {"enum": sorted(MODELS)}}
    any_object = {"type": "object"}
    text = _text("text", "query")
    text["schema"] |= {"minLength": 1, "maxLength": 200}
    return {
        "/api": {"get": _read("cases", "What can be asked?", _found(any_object))},
        "/api/openapi.json": {"get": _read("openapi", "This description", _found(any_object))},
        "/api/foods": {
            "get": _read(
                "foods",
                "Foods whose name is like a text, with their magnesium",
                _found(rows),
                text,
                limit,
                wrong=True,
            )
        },
        "/api/forms": {
            "get": _read(
                "forms",
                "Forms of magnesium",
                _found(rows),
                _text("text", "query", required=False),
                wrong=True,
            )
        },
        "/api/schema/{name}": {
            "get": _read(
                "schema",
                "The JSON Schema of a document",
                _found(any_object, "application/schema+json"),
                named,
                wrong=True,
            )
        },
        "/api/data": {
            "get": _read(
                "data",
                "Everything that is kept",
                _found({"type": "string", "format": "binary"}, "application/zip"),
                gone=True,
            )
        },
    }


def _others() -> dict[str, Schema]:
    """What other parts of the app say of their own routes."""
    found: dict[str, Schema] = {}
    for name in _OTHERS:
        place = f"somnesium.surfaces.web.{name}"
        if find_spec(place) is not None:
            found.update(getattr(import_module(place), "OPERATIONS", {}))
    return found


@cache
def openapi(title: str, summary: str | None) -> Schema:
    """OpenAPI 3.1 of every use case, of jobs, and of what is looked up."""
    questions = sorted({case.question for case in CASES.values()})
    answers = sorted({case.answer for case in CASES.values() if case.answer})
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((part(one), "validation") for one in questions),
        *((part(one), "serialization") for one in answers),
    ]
    places, defined = models_json_schema(models, ref_template="#/components/schemas/{model}")
    request = places[(part("person.request.Request"), "validation")]
    schemas = {**defined.get("$defs", {}), "Error": _ERROR, "Job": _JOB, "Request": request}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": model_version(), "summary": summary},
        "paths": {**_cases(places), **_jobs(), **_reading(), **_others()},
        "components": {"schemas": schemas},
    }


def _cases(places: Mapping[Any, Schema]) -> dict[str, Schema]:
    """Every use case, asked directly and as a job."""
    paths: dict[str, Schema] = {}
    for name, case in CASES.items():
        asked: Schema = places[(part(case.question), "validation")]
        told: Schema = {"type": "string"}
        if case.answer:
            told = places[(part(case.answer), "serialization")]
        paths[f"/api/{name}"] = {"post": _operation(name, case, asked, told)}
        if case.media == "application/json":
            paths[f"/api/{name}/jobs"] = {"post": _begin(name, case, asked)}
    return paths
