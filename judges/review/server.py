"""Serve the page on this machine only, until it is told to stop."""

import socket
from typing import TYPE_CHECKING

from benchwright.errors import SetupError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback address.

    Args:
        port: 0 lets the system choose.

    Raises:
        SetupError: If the port is taken or may not be used.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
        opened.listen()
    except OSError as error:
        opened.close()
        raise SetupError(
            f"cannot listen on {HOST}:{port}: {error.strerror}",
            fix="stop what uses the port, or give another --port (0 lets the system choose)",
        ) from error
    return opened


def make_server(app: "Flask", opened: socket.socket) -> "BaseWSGIServer":
    """Return a server for an open socket; it writes no request into a log, since one has the token.

    Requests run in threads: a browser keeps idle connections open, and one must not block another.
    """
    from werkzeug.serving import WSGIRequestHandler
    from werkzeug.serving import make_server as werkzeug_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:
            """Write nothing."""

    return werkzeug_server(
        HOST,
        opened.getsockname()[1],
        app,
        threaded=True,
        request_handler=Quiet,
        fd=opened.fileno(),
    )
