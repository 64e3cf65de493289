"""What keeps a web page on this machine private: hosts, origins, sizes, headers, signatures.

A page of another site can make a browser send requests to 127.0.0.1, and by DNS rebinding even
read the answers. So the host must be one we are known by, the origin of a change must be ours,
and forms carry a token only our pages know. Nobody may ask faster than a person and a page could.
What goes wrong is logged by its kind and place alone: messages may hold what somebody typed.
"""

import hashlib
import hmac
import ipaddress
import logging
import math
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 5_000_000
"""Largest request read, bytes: that of a document."""
MOST_UPLOAD = 1_000_000_000
"""Largest export read, bytes: some years of a watch's own export (judgement#one-gigabyte)."""
UPLOADS = frozenset({"/nights/import", "/api/import", "/api/import/jobs"})
"""Where exports are sent."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names under which this machine is known to itself."""
_MOST_ADDRESSES = 10_000
"""Addresses that are remembered (judgement#a-megabyte)."""
_LOG = logging.getLogger("somnesium.web")
SESSION_HOURS = 12
"""How long a password holds (judgement#a-working-day)."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer a browser would send the origin of our own forms as null.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Rate(NamedTuple):
    """How often one address may ask: `burst` at once, and `each_second` in the long run."""

    burst: int
    each_second: float


class Rates(NamedTuple):
    """How often one address may read, and how often it may tell or have something computed.

    Fifty readers behind one address, who each open a page with its parts, stay below the burst of
    the first; a slider moved without rest stays below the second (judgement#fifty-readers).
    """

    reading: Rate = Rate(3000, 200.0)
    telling: Rate = Rate(120, 10.0)


class Settings(NamedTuple):
    """How a server is run. `secret` signs what browsers keep.

    `names` are hosts beside loopback; `open` allows any IP address as host. `password_hash` is
    argon2's; empty without a password. `store` is where nights and experiments are kept, a path or
    a URL; None is one's own, where the command line keeps them. `rates` is how often one address
    may ask.
    """

    secret: bytes
    names: frozenset[str] = frozenset()
    open: bool = False
    password_hash: str = ""
    store: str | None = None
    rates: Rates = Rates()


def signature(secret: bytes, purpose: str, text: str) -> str:
    """HMAC-SHA-256 of a text for one purpose, in hexadecimal."""
    return hmac.new(secret, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def signed_text(secret: bytes, purpose: str, text: str) -> str:
    """A text and its signature, as `text.signature`."""
    return f"{text}.{signature(secret, purpose, text)}"


def unsigned(secret: bytes, purpose: str, signed: str) -> str | None:
    """The text of `text.signature`, or None if it is not ours."""
    text, _, found = signed.rpartition(".")
    wanted = signature(secret, purpose, text)
    return text if hmac.compare_digest(wanted.encode(), found.encode()) else None


def session_token(secret: bytes) -> str:
    """What a browser keeps once the password was right."""
    return signed_text(secret, "session", str(int(time.time()) + SESSION_HOURS * 3600))


def _logged_in(settings: Settings, cookie: str) -> bool:
    until = unsigned(settings.secret, "session", cookie)
    return until is not None and int(until) > time.time()


class Attempts:
    """How often someone may try: at most `most` times in `seconds`, by address."""

    def __init__(self, most: int, seconds: float) -> None:
        """Nobody has tried yet."""
        self._most, self._seconds, self._lock = most, seconds, Lock()
        self._tried: dict[str, list[float]] = {}

    def allowed(self, address: str) -> bool:
        """Count a try, and whether it may be made."""
        now = time.monotonic()
        with self._lock:
            # Addresses that have not tried lately are forgotten, so that the table stays small.
            self._tried = {
                who: kept
                for who, times in self._tried.items()
                if (kept := [one for one in times if now - one < self._seconds])
            }
            times = self._tried.setdefault(address, [])
            times.append(now)
            return len(times) <= self._most


class Limits:
    """How much each address has asked lately: a bucket that leaks at the rate it may."""

    def __init__(self, rates: Rates) -> None:
        """Nobody has asked yet."""
        self._rates, self._lock = rates, Lock()
        self._held: dict[tuple[str, bool], tuple[float, float]] = {}

    def wait(self, address: str, reads: bool) -> int:
        """Count a request, and the seconds to wait before it may be made; 0 lets it through."""
        rate, now = self._rates.reading if reads else self._rates.telling, time.monotonic()
        with self._lock:
            if len(self._held) > _MOST_ADDRESSES:
                self._forget(now)
            level, at = self._held.get((address, reads), (0.0, now))
            level = max(0.0, level - (now - at) * rate.each_second) + 1.0
            over = level - rate.burst
            if over > 0.0:
                return math.ceil(over / rate.each_second)
            self._held[address, reads] = level, now
            return 0

    def _forget(self, now: float) -> None:
        """Leave out addresses whose buckets are empty by now, or everyone if none is."""
        rates = {True: self._rates.reading, False: self._rates.telling}
        self._held = {
            who: (level, at)
            for who, (level, at) in self._held.items()
            if level > (now - at) * rates[who[1]].each_second
        }
        if len(self._held) > _MOST_ADDRESSES:
            self._held = {}


def _host_of(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _known(settings: Settings, host: str) -> bool:
    """Whether a host is one of ours; an address cannot be rebound, a name can."""
    return host in LOOPBACK or host in settings.names or (settings.open and _is_address(host))


def _own_origin(headers: Headers) -> bool:
    """Whether a change comes from one of our own pages, or from no page at all."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": "Refused", "message": message}, status)


class _TooLarge(Exception):
    """More bytes than are read."""


class Guard:
    """Refuses what is not ours before any page sees it, and puts headers on every answer."""

    def __init__(self, app: Any, settings: Settings) -> None:  # noqa: ANN401
        """Stand before `app`."""
        self._app, self._settings, self._limits = app, settings, Limits(settings.rates)

    def _too_fast(self, scope: Scope) -> Response | None:
        """Why a request has to wait, if it has to; files of ours never do."""
        if scope["path"].startswith("/static/"):
            return None
        address = scope["client"][0] if scope.get("client") else ""
        wait = self._limits.wait(address, scope["method"] in _SAFE)
        return _later(wait) if wait else None

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is not let through, if it is not."""
        headers, path = Headers(scope=scope), scope["path"]
        if not _known(self._settings, _host_of(headers.get("host", ""))):
            return _refused(421, "host: not a name of this server; open it as http://127.0.0.1")
        if (later := self._too_fast(scope)) is not None:
            return later
        if scope["method"] not in _SAFE and not _own_origin(headers):
            return _refused(403, "origin: a page of another site may change nothing here")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _most(path):
            return _too_large(path)
        open_path = path == "/login" or path.startswith("/static/")
        if self._settings.password_hash and not open_path:
            return self._asked_for_password(scope, path)
        return None

    def _asked_for_password(self, scope: Scope, path: str) -> Response | None:
        from starlette.requests import Request

        if _logged_in(self._settings, Request(scope).cookies.get("somnesium_session", "")):
            return None
        if path.startswith("/api/"):
            return _refused(401, "password: not given; log in at /login first")
        return RedirectResponse("/login", 303)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read, begun, most = 0, False, _most(scope["path"])

        async def counted() -> MutableMapping[str, Any]:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _TooLarge
            return message

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _put_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        try:
            await self._app(scope, counted, with_headers)
        except _TooLarge:
            if not begun:
                await _too_large(scope["path"])(scope, receive, with_headers)
        except Exception as error:  # noqa: BLE001 - what we did not foresee
            _LOG.error("unexpected %s: %s", type(error).__name__, _where(error))
            if begun:
                raise RuntimeError("the answer was broken off") from None
            await _refused(500, "something went wrong here")(scope, receive, with_headers)


def _where(error: Exception) -> str:
    """The places an error came through, without its message."""
    steps = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in steps)


def _most(path: str) -> int:
    """How much of a request to a path is read, bytes."""
    return MOST_UPLOAD if path in UPLOADS else MOST_BYTES


def _too_large(path: str) -> Response:
    return _refused(413, f"request: too large; allowed: {_most(path) // 1_000_000} MB")


def _later(seconds: int) -> Response:
    """Come back later."""
    found = _refused(429, f"request: too many from this address; try again in {seconds} s")
    found.headers["retry-after"] = str(seconds)
    return found


def _put_headers(headers: MutableHeaders, path: str) -> None:
    """The headers of every answer; only what is the same for all may be kept by a browser."""
    for name, value in _HEADERS.items():
        headers[name] = value
    kept = "max-age=3600" if path.startswith("/static/") else "no-store"
    headers["cache-control"] = kept
