"""API keys: made, listed, revoked, and recognised when they come in.

A key is `cv_<id>_<secret>`: a public id of 12 hexadecimal digits, by which it is found, listed and revoked, and a
secret of 256 random bits. Only the SHA-256 of the whole key is kept. Slow hashes (Argon2, scrypt) protect what people
choose, since there is little enough of that to try it all; nobody can try 2**256 keys at any speed, so a fast hash
gives nothing away and a request pays microseconds. The hashes are compared in constant time.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import select

from assistant.errors import SettingsError
from assistant.store.database import Store
from assistant.store.tables import KeyRow

KeyScope = Literal["ask", "batch", "admin"]
SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
_KEY = re.compile(r"cv_(?P<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; its secret is not."""

    id: str
    name: str
    scopes: frozenset[KeyScope]
    created: datetime
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its secret, which is seen this once."""

    key: Key
    secret: str


def create_key(store: Store, name: str, scopes: frozenset[KeyScope]) -> NewKey:
    """Make a key for somebody, allowed what the scopes say."""
    id = secrets.token_hex(6)
    secret = f"cv_{id}_{secrets.token_urlsafe(32)}"
    row = KeyRow(id=id, name=name, sha256=_hash(secret), scopes=sorted(scopes), created=datetime.now(UTC), revoked=None)
    with store.transaction() as session:
        session.add(row)
        return NewKey(_key(row), secret)


def list_keys(store: Store) -> list[Key]:
    """Every key, revoked ones too, oldest first."""
    with store.reading() as session:
        return [_key(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.created, KeyRow.id))]


def revoke_key(store: Store, id: str) -> Key:
    """End a key at once; a second time changes nothing. Raises `SettingsError` when there is no such key."""
    with store.transaction() as session:
        row = session.get(KeyRow, id)
        if row is None:
            raise SettingsError(f"there is no key {id!r}; `chapterverse keys list` shows them")
        row.revoked = row.revoked or datetime.now(UTC)
        return _key(row)


def find_key(store: Store, secret: str) -> Key | None:
    """The key to which a secret belongs, unless it is revoked or was never made."""
    parts = _KEY.fullmatch(secret)
    if parts is None:
        return None
    with store.reading() as session:
        row = session.get(KeyRow, parts["id"])
        if row is None or not hmac.compare_digest(row.sha256, _hash(secret)) or row.revoked is not None:
            return None
        return _key(row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _key(row: KeyRow) -> Key:
    scopes = frozenset(scope for scope in SCOPES if scope in row.scopes)
    return Key(row.id, row.name, scopes, row.created, row.revoked)
