# One line a task; every tool is in .venv after `make setup`. Windows: run the lines by hand.
.PHONY: setup test slow coverage lint format types layers check qualify bench docs pictures

setup:   ; python3 -m venv .venv && .venv/bin/pip install -q -e ".[dev]"
test:    ; .venv/bin/python -m pytest
slow:    ; .venv/bin/python -m pytest -m slow
coverage: ; .venv/bin/python -m pytest --cov
lint:    ; .venv/bin/ruff format --check . && .venv/bin/ruff check .
format:  ; .venv/bin/ruff format .
types:   ; .venv/bin/pyright src
layers:  ; .venv/bin/lint-imports
check:   lint types layers test
qualify: ; .venv/bin/somnesium qualify
bench:   ; .venv/bin/pip install -q -e ".[bench]" && .venv/bin/python -m bench --quick
docs:    ; .venv/bin/python -m docs.generate
pictures: ; .venv/bin/python -m docs.pictures
