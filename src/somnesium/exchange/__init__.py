"""The body in other tools' languages: SBML and Antimony, written from the same equations."""
