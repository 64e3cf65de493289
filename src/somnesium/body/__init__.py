"""The mechanism: organs as pure functions of numbers; `assembly` alone adds their fluxes up."""
