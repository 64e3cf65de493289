"""The version that every answer carries: of the package, and of the model's numbers."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def body_version() -> str:
    """Hash of every parameter's name, value, unit and source, before any trial is read in."""
    from somnesium.simulation.individual import Covariates, parameters

    return hashlib.sha256((repr(parameters()) + repr(Covariates())).encode()).hexdigest()[:8]


@cache
def model_version() -> str:
    """`<package version>+<hash of the body's version and of the posterior of the gains>`."""
    from somnesium.simulation.gains import posterior

    text = body_version() + posterior().round(9).tobytes().hex()
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    try:
        package = version("somnesium")
    except PackageNotFoundError:
        package = "0"
    return f"{package}+{digest}"
