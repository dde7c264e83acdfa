"""The names under which the outer app serves the files of a loaded one.

A name says where the file is at the loaded app and is signed, so that the outer app serves nothing but what a loaded app gave
out, keeps no list of it, and needs none after days.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Final, Literal, TypeAlias

from gradlink._dataclass import dataclass

Kind: TypeAlias = Literal["file", "stream", "elsewhere"]

_SIGNATURE: Final = 32
# A longer one would be no file name; Gradio asks the file system about paths.
_SEGMENT: Final = 120
MAX_LENGTH: Final = 3_000
# Visitors send names, and may send half characters in them.
_EVERY: Final = ("utf-8", "surrogatepass")
_SPECIAL: Final = frozenset("/\\?#%")
_KINDS: Final[tuple[Kind, ...]] = ("file", "stream", "elsewhere")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a file of a loaded app is.

    Attributes:
        kind: "file" of the app's own origin; "stream", a playlist whose parts lie beside it; or "elsewhere", at another host.
        path: the app's own name of it, which its functions take; "" elsewhere.
        url: relative to the app's URL; the whole URL if it is elsewhere.
    """

    kind: Kind
    path: str
    url: str


class Names:
    """Makes and reads the names of one loaded app's files."""

    def __init__(self, secret: bytes, key: str) -> None:
        """Take a secret of this process, and the loaded app's key, which each of its names begins with."""
        self.key = key
        self._secret = hashlib.blake2b(key.encode(), key=secret[:64], digest_size=32).digest()

    def name(self, address: Address, shown: str) -> str | None:
        """Return the name of a file that ends with ``shown``, a plain file name; None if it can have none.

        That is one that would be too long, or a playlist whose own name is no plain one.
        """
        folder, last = address.url, shown
        if address.kind == "stream":
            folder, _, last = address.url.rpartition("/")
            if not _is_plain(last):
                return None
        content = json.dumps([address.kind, address.path, folder], ensure_ascii=False).encode(*_EVERY)
        text = base64.urlsafe_b64encode(content).decode().rstrip("=")
        cut = [text[at : at + _SEGMENT] for at in range(0, len(text), _SEGMENT)]
        name = "/".join([self.key, self._sign(content), *cut, last])
        return name if len(name) <= MAX_LENGTH else None

    def read(self, name: str) -> Address | None:
        """Return the address that ``name`` was made of; None for anything else."""
        if len(name) > MAX_LENGTH:
            return None
        key, _, rest = name.partition("/")
        signature, _, rest = rest.partition("/")
        text, _, last = rest.rpartition("/")
        if key != self.key:
            return None
        content = _decoded(text.replace("/", ""))
        if content is None or not hmac.compare_digest(
            self._sign(content).encode(), signature.encode(*_EVERY)
        ):
            return None
        kind, path, url = json.loads(content)
        if kind == "stream":
            if not _is_plain(last):
                return None
            url = f"{url}/{last}"
        return Address(kind, path, url) if kind in _KINDS else None

    def _sign(self, content: bytes) -> str:
        return hmac.new(self._secret, content, hashlib.sha256).hexdigest()[:_SIGNATURE]


def _is_plain(last: str) -> bool:
    """Tell whether this names a file beside another one, and nothing else."""
    return bool(last) and last not in {".", ".."} and not set(last) & _SPECIAL


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
