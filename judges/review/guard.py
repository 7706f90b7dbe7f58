"""Who may talk to the page: the browser that was given the token, at our own address, and no other.

The token comes once in the address, then in a cookie that no script can read. What changes anything
also carries a second secret, which only our own page knows, and the origin of that page. A request
that names another host is refused, whatever it carries: a name that was pointed at this machine
(DNS rebinding) gets nothing.
"""

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request

HEADER = "X-Review-Token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), clipboard-read=()",
}


class Guard:
    """Checks every request of one server.

    Args:
        token: Long and random, made for this run of the server.
        port: Where the server listens.
    """

    def __init__(self, token: str, port: int) -> None:
        self.port = port
        self.cookie_name = f"benchwright_review_{port}"
        self._token = token
        self.cookie = self._derived("cookie")
        self.page_token = self._derived("page")

    def opens(self, request: "Request") -> bool:
        """Say whether the address carries the token, which is then exchanged for the cookie."""
        return _equal(request.args.get("token", ""), self._token)

    def refusal(self, request: "Request") -> str | None:
        """Return why a request is refused, or None."""
        hosts = (f"127.0.0.1:{self.port}", f"localhost:{self.port}")
        if request.headers.get("Host", "").lower() not in hosts:
            return "this page answers at its own address only"
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host.lower()}":
            return "a page of another origin may not use this one"
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return "a page of another site may not use this one"
        changes = request.method not in ("GET", "HEAD")
        if changes and origin is None:
            return "a change has to say which page it comes from"
        if not changes and self.opens(request):
            return None
        if not _equal(request.cookies.get(self.cookie_name, ""), self.cookie):
            return "open the address that the command printed: it carries the token"
        if changes and not _equal(request.headers.get(HEADER, ""), self.page_token):
            return "the token of the page is missing or of another run"
        return None

    def _derived(self, use: str) -> str:
        return hmac.new(self._token.encode(), use.encode(), hashlib.sha256).hexdigest()


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
