"""Hosts, origins, tokens, sizes, headers, passwords."""

import logging
import re

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from somnesium.surfaces.web.app import create_app
from somnesium.surfaces.web.security import (
    MOST_BYTES,
    Attempts,
    Limits,
    Rate,
    Rates,
    Settings,
    signed_text,
    unsigned,
)

PAGES = ("/", "/me", "/food", "/safe", "/forecast", "/plan", "/true", "/true/0", "/nowhere")


@pytest.mark.parametrize("path", [*PAGES, "/static/style.css", "/api", "/api/nowhere"])
def test_every_answer_carries_a_strict_policy(known, path):
    headers = known.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert ("no-store" in headers["cache-control"]) == (not path.startswith("/static"))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_server_or_holds_a_script(known, path):
    text = known.get(path).text
    for address in re.findall(r'(?:src|href|action|hx-get|hx-post)="([^"]*)"', text):
        assert address.startswith(("/", "#"))
        assert not address.startswith("//")
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", text) == []


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.5", "localhost.evil", "", "[::2]"]
)
def test_another_host_is_refused(browser, host):
    assert browser.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8400", "[::1]:8400", "LOCALHOST"])
def test_this_machine_is_known_by_its_names(browser, host):
    assert browser.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_another_page_is_refused(known, headers):
    for path in ("/start", "/api/check", "/api/plan/jobs"):
        found = known.post(path, json={}, headers=headers)
        assert found.status_code == 403


def test_our_own_origin_may_ask(browser):
    found = browser.post("/api/check", json={}, headers={"origin": "http://127.0.0.1:8400"})
    assert found.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/start",
        "/me",
        "/me/forget",
        "/food/add",
        "/safe",
        "/plan",
        "/forecast/quick",
        "/look",
        "/login",
    ],
)
@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_our_token_is_refused(known, path, token):
    assert known.post(path, data={"token": token}).status_code == 403


def test_the_token_of_another_visit_is_refused(known, browser):
    other = TestClient(create_app(browser.app.state.settings), base_url=str(browser.base_url))
    theirs = re.search(r'name="token" value="(\w+)"', other.get("/").text).group(1)
    assert known.post("/me/forget", data={"token": theirs}).status_code == 403


def test_too_large_a_request_is_refused_before_it_is_read(browser):
    headers = {"content-type": "application/json", "content-length": str(MOST_BYTES + 1)}
    assert browser.post("/api/check", content=b"x", headers=headers).status_code == 413

    def parts():
        for _ in range(MOST_BYTES // 500_000 + 2):
            yield b" " * 500_000

    headers = {"content-type": "application/json"}
    assert browser.post("/api/check", content=parts(), headers=headers).status_code == 413


def test_a_changed_cookie_is_no_longer_ours(known):
    assert known.get("/me", follow_redirects=False).status_code == 200
    value = known.cookies.get("somnesium_document")
    changed = value.strip('"')[:-1] + ("0" if value.strip('"')[-1] != "0" else "1")
    known.cookies.clear()
    headers = {"cookie": f"somnesium_document={changed}"}
    found = known.get("/me", headers=headers, follow_redirects=False)
    assert found.status_code == 303
    assert found.headers["location"] == "/"


def test_cookies_are_kept_from_scripts_and_other_sites(browser):
    given = browser.get("/").headers["set-cookie"].lower()
    assert "httponly" in given
    assert "samesite=strict" in given


def test_a_signature_holds_for_its_purpose_and_secret_only():
    signed = signed_text(b"secret", "visit", "text.with.dots")
    assert unsigned(b"secret", "visit", signed) == "text.with.dots"
    assert unsigned(b"secret", "session", signed) is None
    assert unsigned(b"other", "visit", signed) is None
    assert unsigned(b"secret", "visit", "é.ü") is None


def test_only_so_many_tries_are_allowed():
    attempts = Attempts(2, 60.0)
    assert [attempts.allowed("a") for _ in range(3)] == [True, True, False]
    assert attempts.allowed("b")


@pytest.fixture
def guarded():
    """A server open to others, with a password."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("a long password")
    settings = Settings(
        secret=b"s", names=frozenset({"sleep.lan"}), open=True, password_hash=hashed
    )
    return TestClient(create_app(settings), base_url="http://sleep.lan:8400")


def log_in(client, password):
    token = re.search(r'name="token" value="(\w+)"', client.get("/login").text).group(1)
    data = {"token": token, "password": password}
    return client.post("/login", data=data, follow_redirects=False)


def test_without_the_password_nothing_is_shown(guarded):
    for path in ("/", "/me", "/food/search?text=oats"):
        found = guarded.get(path, follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (303, "/login")
    assert guarded.post("/api/check", json={}).status_code == 401
    assert log_in(guarded, "another password").status_code == 422
    assert guarded.get("/", follow_redirects=False).status_code == 303


def test_with_the_password_the_pages_open(guarded):
    assert log_in(guarded, "a long password").status_code == 303
    assert guarded.get("/", follow_redirects=False).status_code == 200
    assert guarded.get("/", headers={"host": "evil.example"}).status_code == 421
    assert guarded.get("/", headers={"host": "192.168.0.9:8400"}).status_code == 200


def test_passwords_cannot_be_tried_for_long(guarded):
    assert [log_in(guarded, "wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert log_in(guarded, "a long password").status_code == 429


def test_one_address_may_ask_so_often_and_no_other_is_held_up(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("somnesium.surfaces.web.security.time.monotonic", lambda: now[0])
    limits = Limits(Rates(Rate(3, 1.0), Rate(1, 0.5)))
    assert [limits.wait("a", True) for _ in range(5)] == [0, 0, 0, 1, 1]
    assert limits.wait("b", True) == 0
    assert [limits.wait("a", False) for _ in range(2)] == [0, 2]
    now[0] += 1.0
    assert [limits.wait("a", True) for _ in range(2)] == [0, 1]


def test_addresses_are_forgotten(monkeypatch):
    monkeypatch.setattr("somnesium.surfaces.web.security._MOST_ADDRESSES", 10)
    limits = Limits(Rates())
    for k in range(100):
        assert limits.wait(str(k), True) == 0
    assert len(limits._held) <= 11


def test_who_asks_too_fast_is_told_when_to_come_back(tmp_path):
    settings = Settings(secret=b"s", store=str(tmp_path / "s"), rates=Rates(Rate(4, 1), Rate(2, 1)))
    client = TestClient(create_app(settings), base_url="http://127.0.0.1:8400")
    found = [client.get("/api") for _ in range(6)]
    assert [one.status_code for one in found] == [200] * 4 + [429] * 2
    assert int(found[-1].headers["retry-after"]) >= 1
    assert found[-1].json()["error"] == "Refused"
    told = [client.post("/api/check", json={}).status_code for _ in range(3)]
    assert told == [422, 422, 429]
    assert client.get("/static/style.css").status_code == 200


def test_fifty_readers_and_a_slider_never_meet_the_limits(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("somnesium.surfaces.web.security.time.monotonic", lambda: now[0])
    limits = Limits(Rates())
    # Fifty readers open twenty pages with a part each; then a slider asks six times a second.
    assert not any(limits.wait("a", True) for _ in range(50 * 20 * 2))
    for _ in range(6 * 120):
        now[0] += 1 / 6
        assert limits.wait("a", False) == 0


SECRETS = ("a-long-password-nobody-knows", "Ermintrude Quibble", "somnesium_session")


def test_secrets_are_never_logged(caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    # Other packages' logging settings, once imported, switch off what they do not know.
    monkeypatch.setattr(logging.getLogger("somnesium.web"), "disabled", False)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRETS[0])
    settings = Settings(secret=b"s", open=True, password_hash=hashed)
    client = TestClient(create_app(settings), base_url="http://127.0.0.1:8400")
    assert log_in(client, "wrong" + SECRETS[0]).status_code == 422
    assert log_in(client, SECRETS[0]).status_code == 303
    document = {"person": {"name": SECRETS[1], "age": 40}, "wrong": SECRETS[1]}
    assert client.post("/api/check", json=document).status_code == 422

    def broken(*_args):
        raise RuntimeError(f"cannot read {document}")

    monkeypatch.setattr("somnesium.surfaces.web.api.read_question", broken)
    found = client.post("/api/check", json=document)
    assert found.status_code == 500
    assert SECRETS[1] not in found.text
    written = capfd.readouterr()
    own = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    logged = caplog.handler.format
    text = "\n".join(logged(record) for record in own) + written.out + written.err
    assert "unexpected RuntimeError" in text
    cookies = [one.value for one in client.cookies.jar]
    assert cookies
    for secret in (*SECRETS, *cookies):
        assert secret not in text
