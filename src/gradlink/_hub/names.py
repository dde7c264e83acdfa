"""How people name a Space: by its name, by its page on the Hub, or by its address."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from gradlink._dataclass import dataclass
from gradlink._protocol.routes import normalise

DEFAULT_ENDPOINT = "https://huggingface.co"
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_SPACE_HOST = ".hf.space"
# Letters, digits and -_. in both parts, as the Hub allows them.
_LOCAL = re.compile(r"(localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})/", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class SpaceReference:
    """A Space as it was named; one of ``space_id`` and ``subdomain`` is known.

    Attributes:
        space_id: "user/name".
        subdomain: the first part of the host that the Space has to itself, such as "user-name".
        base: the Space's address, with a trailing slash, if that is what was given.
    """

    space_id: str | None
    subdomain: str | None = None
    base: str | None = None

    @property
    def title(self) -> str:
        """What the Space is called in messages."""
        return self.space_id or self.base or ""

    @property
    def placeholder(self) -> str:
        """An address to begin with, before the Hub has said where the Space is."""
        if self.base is not None:
            return self.base
        name = re.sub(r"[^a-z0-9-]", "-", (self.space_id or "").lower().replace("/", "-"))
        return f"https://{name}{_SPACE_HOST}/"


@dataclass(frozen=True, slots=True)
class HubRoutes:
    """Addresses on a Hub, whose own address is ``endpoint``, without a trailing slash."""

    endpoint: str = DEFAULT_ENDPOINT

    @property
    def whoami(self) -> str:
        return f"{self.endpoint}/api/whoami-v2"

    @property
    def quota(self) -> str:
        """Where the Hub tells the ZeroGPU quota of the token's account (since 2026)."""
        return f"{self.endpoint}/api/spaces/zero-gpu/quota"

    def space(self, reference: SpaceReference) -> str:
        """Where the Hub describes a Space."""
        if reference.space_id is not None:
            return f"{self.endpoint}/api/spaces/{reference.space_id}"
        return f"{self.endpoint}/api/spaces/by-subdomain/{quote(reference.subdomain or '', safe='')}"

    def of_space(self, space_id: str, what: str) -> str:
        """Where the Hub has ``what`` of a Space: "runtime", "duplicate", "hardware", "sleeptime", ..."""
        return f"{self.endpoint}/api/spaces/{space_id}/{what}"

    def page(self, space_id: str) -> str:
        """Where people look at a Space."""
        return f"{self.endpoint}/spaces/{space_id}"

    @property
    def tokens(self) -> str:
        """Where people make tokens."""
        return f"{self.endpoint}/settings/tokens"


def is_space_id(text: str) -> bool:
    """Tell whether ``text`` is a name such as "user/space"."""
    return _NAME.fullmatch(text) is not None


def space_reference(src: str, endpoint: str = DEFAULT_ENDPOINT) -> SpaceReference | None:
    """Return the Space that ``src`` names, None if it is the address of another app.

    Takes "user/space", a page below ``/spaces/`` of the Hub, and ``https://user-space.hf.space``. The latter
    over http is any other app: what is sent there can be read on the way.
    """
    typed = src.strip()
    bare = typed.rstrip("/").removeprefix("spaces/")
    if is_space_id(bare) and _LOCAL.match(bare) is None:
        return SpaceReference(bare)
    if "://" not in typed:
        host, _, rest = typed.partition("/")
        # A page of the Hub, copied without its scheme.
        return space_reference(f"https://{typed}", endpoint) if rest and host.lower() in _HUB_HOSTS else None
    try:
        parts = urlsplit(typed)
        host = (parts.hostname or "").lower()
        own_host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return None
    if host in _HUB_HOSTS or own_host == urlsplit(endpoint).netloc.lower():
        section, *names = parts.path.strip("/").split("/")
        space_id = "/".join(names[:2])
        return SpaceReference(space_id) if section == "spaces" and is_space_id(space_id) else None
    subdomain = host.removesuffix(_SPACE_HOST)
    if (
        host.endswith(_SPACE_HOST)
        and subdomain
        and parts.scheme.lower() == "https"
        and "@" not in parts.netloc
    ):
        return SpaceReference(None, subdomain, normalise(typed))
    return None
