"""An allocation is written once and is the same at every read, in every process and database."""

import os
import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from recorded import NOW
from somnesium.errors import InvalidInput, SomnesiumError
from somnesium.store.experiments import (
    allocation,
    experiment,
    experiments,
    keep_experiment,
    set_state,
    unblind,
    unblindings,
)
from somnesium.store.open import opened, writing

SEALED = '{"periods": ["A", "B", "B", "A"]}'
SEED = 2**63 - 7


@pytest.fixture
def begun(store):
    keep_experiment(
        store,
        "mine",
        date(2026, 3, 9),
        {"measure": "latency"},
        "# Plan",
        "scheme/1",
        SEED,
        SEALED,
        NOW,
    )
    return store


def test_it_is_kept_whole(begun):
    (one,) = experiments(begun)
    sealed = allocation(begun, one.id)
    assert (one.name, one.start, one.state) == ("mine", date(2026, 3, 9), "planned")
    assert one.question == {"measure": "latency"}
    assert (sealed.seed, sealed.sealed, sealed.algorithm) == (SEED, SEALED, "scheme/1")
    assert sealed.made_at == NOW


def test_a_thousand_reads_and_two_processes_say_the_same(begun, place):
    assert {allocation(begun, 1) for _ in range(1000)} == {allocation(begun, 1)}
    code = (
        "import sys; from somnesium.store.open import opened\n"
        "from somnesium.store.experiments import allocation\n"
        "with opened(sys.argv[1]) as store: sys.stdout.write(allocation(store, 1).sealed)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, place],
            env=os.environ | {"PYTHONHASHSEED": str(k)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for k in (1, 2)
    ]
    assert told == [SEALED, SEALED]


def test_the_database_refuses_to_change_it(begun):
    with pytest.raises(DBAPIError, match="written once"), writing(begun) as connection:
        connection.execute(text("UPDATE allocations SET sealed = 'ABAB'"))
    assert allocation(begun, 1).sealed == SEALED


def test_a_seal_that_was_broken_is_told(begun):
    with writing(begun) as connection:
        connection.execute(text("DELETE FROM allocations"))
        connection.execute(
            text(
                "INSERT INTO allocations SELECT id, made_at, 'scheme/1', 1, 'ABAB', "
                ":hash FROM experiments"
            ),
            {"hash": "0" * 64},
        )
    with pytest.raises(SomnesiumError, match="not the one that was written"):
        allocation(begun, 1)


def test_a_changed_preregistration_is_told(begun):
    with writing(begun) as connection:
        connection.execute(text("UPDATE experiments SET preregistration = '# Another'"))
    with pytest.raises(SomnesiumError, match="not the one that was written"):
        experiment(begun, 1)


def test_the_same_preregistration_begins_once(begun):
    with pytest.raises(InvalidInput, match="one not begun before"):
        keep_experiment(begun, "mine", date(2026, 3, 9), {}, "# Plan", "scheme/1", 5, SEALED, NOW)
    assert len(experiments(begun)) == 1


def test_every_look_behind_the_seal_is_written_down(begun):
    assert unblindings(begun, 1) == ()
    assert unblind(begun, 1, "a rash", NOW).sealed == SEALED
    with pytest.raises(InvalidInput, match="reason"):
        unblind(begun, 1, "  ", NOW)
    assert [(one.reason, one.at) for one in unblindings(begun, 1)] == [("a rash", NOW)]


def test_states_and_unknown_numbers(begun):
    assert set_state(begun, 1, "running").state == "running"
    with pytest.raises(InvalidInput, match="planned, running"):
        set_state(begun, 1, "paused")
    with pytest.raises(InvalidInput, match="allowed: 1"):
        experiment(begun, 9)


def test_it_is_there_when_the_store_is_opened_again(begun, place):
    with opened(place) as again:
        assert allocation(again, 1) == allocation(begun, 1)
