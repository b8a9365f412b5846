"""The app on a socket: `chapterverse serve`.

In: an opened assistant and a bound socket. Out: HTTP, until the process is told to stop (SIGINT, SIGTERM); answers
under way are finished first. The socket is bound before anything slow happens, so that a port in use shows at once.
"""

import logging
import socket
from collections.abc import Callable
from contextlib import closing
from ipaddress import ip_address

import uvicorn

from assistant.answering import Assistant
from assistant.errors import SettingsError
from assistant.service.app import create_app
from assistant.service.logs import log_config
from assistant.settings import Settings
from assistant.store.database import open_store
from assistant.store.keys import list_keys

LOG = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Says when it accepts connections, which is after the start of the app and of the sockets."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def listen(host: str, port: int) -> closing[socket.socket]:
    """Bind a socket; port 0 takes any free one. Raises `SettingsError` when the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host} port {port} ({error.strerror}); name another with --host or --port"
        ) from None
    return closing(bound)


def serve(settings: Settings, assistant: Assistant, listener: socket.socket, *, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is called with the address once connections are accepted.

    Keys are required, unless the settings say, where other machines can call.
    """
    if settings.require_keys is None:
        settings = settings.model_copy(update={"require_keys": not is_loopback(listener)})
    with open_store(settings.database) as store:
        app = create_app(settings, open_assistant=lambda _: assistant, store=store)
        config = uvicorn.Config(
            app,
            log_config=log_config(settings),
            log_level=settings.log_level,
            access_log=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
        if settings.require_keys and not list_keys(store):
            LOG.warning("programs need an API key here and none exists; make one with `chapterverse keys create NAME`")
        _Server(config, ready=lambda: ready(url_of(listener))).run(sockets=[listener])


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach a bound socket."""
    return ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def url_of(listener: socket.socket) -> str:
    """The address of a bound socket as a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
