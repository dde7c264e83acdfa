"""The headers and cookies of a client that the program may change at any time."""

from __future__ import annotations

from collections.abc import Mapping

from gradlink._sync.shared import Shared


class Sent:
    """What was sent last, by which a change is seen; a client and its views share it."""

    def __init__(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        self._headers = dict(headers)
        self._cookies = dict(cookies)

    def send_changes(self, shared: Shared, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        """Have what was changed sent from now on. Raises ArgumentError for what cannot be sent."""
        if headers != self._headers:
            shared.use_headers(dict(headers))
            self._headers = dict(headers)
        if cookies != self._cookies:
            # The app may have set others meanwhile, which stay.
            changes = {
                name: cookies.get(name)
                for name in {*cookies, *self._cookies}
                if cookies.get(name) != self._cookies.get(name)
            }
            connection = shared.connection
            connection.driver.use_cookies(changes, connection.access.routes.base)
            self._cookies = dict(cookies)
