"""The version that every answer carries: of the package, and of the model's numbers."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["model_version"]


@cache
def model_version() -> str:
    """`<package version>+<hash of every parameter's name, value, unit and source>`."""
    from somnesium.simulation.individual import Covariates, parameters

    text = repr(parameters()) + repr(Covariates())
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    try:
        package = version("somnesium")
    except PackageNotFoundError:
        package = "0"
    return f"{package}+{digest}"
