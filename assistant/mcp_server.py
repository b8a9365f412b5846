"""The documents as tools for other software's assistants: `chapterverse mcp`, over the Model Context Protocol.

In: an opened assistant. Out: a server with the tools of `mcp_tools.py`, over standard input and output or streamable
HTTP. It serves whoever started it, anybody on this machine, or, where other machines can call, who has a key.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from starlette.types import ASGIApp

from assistant.answering import Assistant
from assistant.mcp_tools import Tools, named
from assistant.service.keys import Door
from assistant.service.limits import RateLimits
from assistant.service.logs import log_config
from assistant.serving import is_loopback, url_of
from assistant.settings import Settings
from assistant.store.database import open_store

PATH = "/mcp"
INSTRUCTIONS = (
    "Answers questions from documents ({organisation}) by quoting them: every quote is a verbatim slice of a document, "
    "`text[start:end]` in code points. Nothing is generated; what the documents do not hold is `not_found`, and then "
    "`closest` is no answer. Name title and section of a citation with every quote. The documents: {documents}."
)


def server_of(assistant: Assistant) -> MCPServer[Any]:
    """A server with the four tools, to be run over any transport."""
    titles = [f"{id} ({document.title})" for id, document in assistant.index.documents.items()]
    server: MCPServer[Any] = MCPServer(
        "chapterverse",
        title="Chapter & Verse",
        instructions=INSTRUCTIONS.format(organisation=assistant.settings.organisation, documents=named(titles)),
        version=version("chapterverse"),
        log_level="WARNING",
    )
    tools = Tools(assistant)
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (tools.ask, tools.search, tools.read_document, tools.verify_quote):
        server.add_tool(tool, annotations=reading)
    return server


def serve_stdio(assistant: Assistant) -> None:
    """Serve one client over this process's standard input and output, until the input ends."""
    server_of(assistant).run("stdio")


def serve_http(
    settings: Settings, assistant: Assistant, listener: socket.socket, *, ready: Callable[[str], None]
) -> None:
    """Serve streamable HTTP at `/mcp` until interrupted; `ready` is called with the address.

    As for `chapterverse serve`, keys are required, unless the settings say, where other machines can call.
    """
    app = server_of(assistant).streamable_http_app(
        streamable_http_path=PATH, host=listener.getsockname()[0], max_request_body_size=settings.max_body_bytes
    )
    required = not is_loopback(listener) if settings.require_keys is None else settings.require_keys
    with _guarded(app, settings) if required else nullcontext(app) as guarded:
        listener.listen()  # from here on nobody is refused who comes before the server runs
        ready(f"{url_of(listener)}{PATH}")
        config = uvicorn.Config(
            guarded,
            log_config=log_config(settings),
            log_level=settings.log_level,
            access_log=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _guarded(app: ASGIApp, settings: Settings) -> Iterator[ASGIApp]:
    """The app behind the same door as the HTTP API: its keys, its limits."""
    with open_store(settings.database) as store:
        limits = RateLimits(key=settings.key_limit, anonymous=settings.anonymous_limit)
        yield Door(app, store=store, limits=limits)
