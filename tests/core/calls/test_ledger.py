import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap

import pytest

from benchwright.calls.ledger import Ledger, Step
from benchwright.calls.spec import CallResult, Reply, Usage
from benchwright.errors import InputError, SetupError


def result(spec, purpose, text="ok", cost=5):
    return CallResult(
        call_id=spec.key[:16],
        spec=spec,
        purpose=purpose,
        reply=Reply(
            text=text,
            served_model="heron",
            response_id="r1",
            finish_reason="stop",
            usage=Usage(input_tokens=1, output_tokens=2),
        ),
        cost_picodollars=cost,
        cost_source="price_table",
        replayed=False,
    )


def store(ledger, made):
    ledger.write(ledger.store(made, price_sha256="0" * 64, tries=1, seconds=0.1, made_at=0.0))


def child(ledger_path, body):
    code = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from benchwright.calls.ledger import Ledger
        from benchwright.calls.spec import CallSpec, Turn
        ledger = Ledger(Path({str(ledger_path)!r}), scope="bench 1.0.0")
        spec = CallSpec(provider="http", model="m", endpoint="http://h/v1",
                        messages=(Turn(role="user", content="x"),), max_tokens=9)
        """
    ) + textwrap.dedent(body)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )


@pytest.fixture
def plain(spec):
    return spec("x", model="m", endpoint="http://h/v1", max_tokens=9)


def test_what_is_stored_is_found_by_another_reader_of_the_file(ledger, plain, purpose):
    ledger.write(ledger.claim(plain, picodollars=9, cap_picodollars=None))
    store(ledger, result(plain, purpose))
    other = Ledger(ledger.path, scope="bench 1.0.0")
    found = other.find(plain, purpose)
    other.close()
    assert found.reply == result(plain, purpose).reply
    assert found.replayed
    assert ledger.find(plain.model_copy(update={"attempt": 1}), purpose) is None


def test_a_call_in_flight_is_not_made_by_a_second_process(ledger, plain, purpose):
    assert ledger.write(ledger.claim(plain, picodollars=9, cap_picodollars=None)) == "claimed"
    asking = child(
        ledger.path,
        "print(ledger.write(ledger.claim(spec, picodollars=9, cap_picodollars=None)), flush=True)",
    )
    assert asking.communicate(timeout=60)[0].strip() == "busy"
    store(ledger, result(plain, purpose))
    asking = child(
        ledger.path,
        "print(ledger.write(ledger.claim(spec, picodollars=9, cap_picodollars=None)), flush=True)",
    )
    assert asking.communicate(timeout=60)[0].strip() == "answered"


def test_the_calls_of_a_killed_process_are_free_again_and_count_as_lost_money(ledger, plain):
    dying = child(
        ledger.path,
        "ledger.write(ledger.claim(spec, picodollars=9, cap_picodollars=None))\n"
        "print('ready', flush=True)\nsys.stdin.read()",
    )
    assert dying.stdout.readline().strip() == "ready"
    assert ledger.write(ledger.claim(plain, picodollars=9, cap_picodollars=None)) == "busy"
    os.kill(dying.pid, signal.SIGKILL)
    dying.communicate()
    assert ledger.write(ledger.claim(plain, picodollars=9, cap_picodollars=None)) == "claimed"
    assert (ledger.spent().lost, ledger.spent().reserved) == (9, 9)


def test_the_cap_holds_over_reservations_and_other_scopes_do_not_count(ledger, spec, tmp_path):
    first, second = spec("one"), spec("two")
    assert ledger.write(ledger.claim(first, picodollars=6, cap_picodollars=10)) == "claimed"
    assert ledger.write(ledger.claim(second, picodollars=5, cap_picodollars=10)) == "over_budget"
    assert ledger.write(ledger.claim(second, picodollars=4, cap_picodollars=10)) == "claimed"
    other = Ledger(ledger.path, scope="bench 2.0.0")
    assert other.write(other.claim(spec("three"), picodollars=10, cap_picodollars=10)) == "claimed"
    other.close()


def test_a_reservation_without_a_reply_is_freed_or_lost(ledger, spec):
    ledger.write(ledger.claim(spec("one"), picodollars=6, cap_picodollars=None))
    ledger.write(ledger.give_up(spec("one"), may_be_billed=False, reason="rate_limited"))
    assert ledger.spent().total == 0
    ledger.write(ledger.claim(spec("one"), picodollars=6, cap_picodollars=None))
    ledger.write(ledger.give_up(spec("one"), may_be_billed=True, reason="timeout"))
    assert (ledger.spent().lost, ledger.spent().reserved) == (6, 0)


def test_a_full_disk_stops_cleanly_and_what_was_stored_stays(ledger, spec, purpose):
    ledger.write(ledger.claim(spec("one"), picodollars=1, cap_picodollars=None))
    store(ledger, result(spec("one"), purpose))
    big = result(spec("two"), purpose, text="x" * 3_000_000)
    ledger.write(ledger.claim(spec("two"), picodollars=1, cap_picodollars=None))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
        with pytest.raises(SetupError, match="cannot be written"):
            store(ledger, big)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert ledger.find(spec("one"), purpose).reply.text == "ok"
    assert ledger.find(spec("two"), purpose) is None
    store(ledger, big)
    assert len(ledger.find(spec("two"), purpose).reply.text) == 3_000_000


def test_a_file_that_is_no_ledger_is_refused_by_name(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_text("not a database, but long enough to be looked at as one " * 20)
    with pytest.raises(InputError, match=r"ledger\.sqlite: not a ledger"):
        Ledger(path, scope="s")


def test_a_ledger_of_another_version_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(InputError, match="version 99"):
        Ledger(path, scope="s")


def test_a_broken_surrogate_in_a_reply_is_stored(ledger, plain, purpose):
    ledger.write(ledger.claim(plain, picodollars=1, cap_picodollars=None))
    store(ledger, result(plain, purpose, text="a\ud800b"))
    assert ledger.find(plain, purpose).reply.text == "a?b"


def test_a_step_that_fails_leaves_nothing_behind_and_the_others_stand(ledger, spec):
    def breaks(connection):
        connection.execute("DELETE FROM intents")
        raise ValueError("no")

    def claim(text):
        return ledger.claim(spec(text), picodollars=3, cap_picodollars=7)

    failing = Step(take=breaks, synced=True)
    first, failed, second, third = ledger.write_all(
        [claim("one"), failing, claim("two"), claim("three")]
    )
    assert (first, second, third) == ("claimed", "claimed", "over_budget")
    assert isinstance(failed, ValueError)
    assert ledger.spent().reserved == 6
