"""Personal links: signed values that say what they are for, which row, and which version of its links.

Nothing is stored. Raising a row's `link_version` revokes every link given out before.
"""

from typing import Any, NamedTuple

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404


class Token(NamedTuple):
    """What a valid link says."""

    pk: int
    version: int


def make(purpose: str, pk: int, version: int) -> str:
    """A value for an address, such as `1f-1-Qx…`; the purpose is signed along but not shown."""
    value = f"{signing.b62_encode(pk)}-{signing.b62_encode(version)}"
    return _signer(purpose).sign(value)


def read(purpose: str, value: str) -> Token | None:
    """The token, or None when it was not made by us for this purpose. The version is the caller's to compare."""
    try:
        pk, version = _signer(purpose).unsign(value).split("-")
    except (signing.BadSignature, ValueError):
        return None
    return Token(signing.b62_decode(pk), signing.b62_decode(version))


def find(purpose: str, value: str, rows: QuerySet[Any]) -> Any:
    """The row of these that a link opens; 404 when the link is wrong or revoked, or the row is none of them."""
    token = read(purpose, value)
    row = rows.filter(pk=token.pk, link_version=token.version).first() if token else None
    if row is None:
        raise Http404("This link is not valid.")
    return row


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"link:{purpose}")
