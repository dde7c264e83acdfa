"""What is known of the app."""

from __future__ import annotations

import logging

from gradlink._protocol.dialect import NEWEST, Dialect
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import AppSchema, with_rendered, without_rendered
from gradlink.errors import NotConnectedError

_log = logging.getLogger("gradlink.connection")

# uvicorn closes a connection that was used and then idle for 5 s; while one is in use the app was not restarted.
KEEPALIVE_SECONDS = 4.0


class App:
    """What the app is, and when it was heard last.

    Attributes:
        heard_at: when it has answered last, on the clock whose time the engine is given.
    """

    def __init__(self, schema: AppSchema | None, now: float) -> None:
        """Begin with ``schema``, None if the client has not connected yet."""
        self._schema = schema
        self.heard_at = now

    @property
    def connected(self) -> bool:
        """The app is known."""
        return self._schema is not None

    @property
    def schema(self) -> AppSchema:
        """The app, with the endpoints that ``gr.render`` made in the client's own session."""
        if self._schema is None:
            raise NotConnectedError("the client has not connected yet; await it, or use it in 'async with'")
        return self._schema

    @property
    def dialect(self) -> Dialect:
        """What its server can do; that of the newest as long as it is not known."""
        return NEWEST if self._schema is None else self._schema.dialect

    def take(self, schema: AppSchema) -> None:
        """Take what the app is."""
        self._schema = schema

    def is_in_doubt(self, now: float) -> bool:
        """Tell whether it may have been restarted since it was heard.

        A restart closes all connections, so it cannot have happened while one was in use.
        """
        return now - self.heard_at >= KEEPALIVE_SECONDS

    def take_rendered(self, render_config: JSONValue, session_hash: str) -> None:
        """Take the endpoints that ``gr.render`` made in one session."""
        try:
            self._schema = with_rendered(self.schema, render_config, session_hash)
        except Exception:  # an app can say anything
            _log.warning("what gr.render made in the app cannot be read", exc_info=True)

    def forget_rendered(self) -> None:
        """Forget what ``gr.render`` made: its session was superseded."""
        if self._schema is not None:
            self._schema = without_rendered(self._schema)
