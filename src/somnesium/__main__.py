"""`python -m somnesium` is the command line."""

from somnesium.surfaces.cli import main

main()
