"""`python -m somnesium` is the command line."""

from somnesium.surfaces.command.main import main

main()
