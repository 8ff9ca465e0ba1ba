"""How the tests enter the admin: a logged-in session, with or without a second factor, as allauth records it."""

import time
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from events.models import Event, Membership, User


def enter(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Log the client in; with the second factor the session says so."""
    client.force_login(user)
    if second_factor:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def make_user(email: str, **fields: Any) -> User:
    """Somebody whose address is verified."""
    user = User.objects.create_user(email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_member(event: Event, role: str, email: str = "") -> User:
    """Staff with a role in an event."""
    user = make_user(email or f"{role}@{event.slug}.example", name=role, is_staff=True)
    Membership.objects.create(user=user, event=event, role=role)
    return user
