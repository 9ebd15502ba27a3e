"""The server: one process on one socket, quiet, stopped by Ctrl-C."""

import logging
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette

from translate.errors import TranslateError

PORT = 8765  # unless told; a free one where that is taken


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that accepts connections from now on; None: PORT, or any where that is taken."""
    if port is None:
        try:
            return _bound(host, PORT)
        except OSError:
            port = 0
    try:
        return _bound(host, port)
    except OSError as error:
        raise TranslateError(
            f"can't listen on {host} port {port}: {error.strerror or error}; "
            "choose another with --port, or leave it out"
        ) from error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


class Server(uvicorn.Server):
    """Serves `app` on `listening`; `ready` is called when requests are answered. When told to stop, it
    first awaits `drain`, still listening, then gives open connections `grace` seconds."""

    def __init__(
        self,
        app: Starlette,
        listening: socket.socket,
        *,
        ready: Callable[[], None] | None = None,
        drain: Callable[[], Awaitable[None]] | None = None,
        grace: int = 3,
    ) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=grace,
                ws="none",
            )
        )
        self._listening = listening
        self._ready = ready
        self._drain = drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and says so."""
        await super().startup(sockets)
        if self._ready and self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, after `drain`."""
        if self._drain and not self.force_exit:
            await self._drain()
        await super().shutdown(sockets)

    def serve_here(self) -> None:
        """Until told to stop: in a thread by `should_exit`, in the main one by Ctrl-C, too."""
        self.run(sockets=[self._listening])
