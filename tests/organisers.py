"""How the tests enter the admin: a logged-in session, with or without a second factor, and fill in its forms."""

import re
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


def posted(client: Client, address: str) -> dict[str, str]:
    """What a browser would post if the form at the address were sent unchanged."""
    response = client.get(address)
    form = response.context["adminform"].form
    data = {}
    forms = [form, *(line for formset in response.context["inline_admin_formsets"] for line in formset.formset)]
    managers = [formset.formset.management_form for formset in response.context["inline_admin_formsets"]]
    for part in [*forms, *managers]:
        for field in part:
            names = [field.html_name, field.html_initial_name] if field.field.show_hidden_initial else [field.html_name]
            for name in names:
                found = re.findall(rf'name="({re.escape(name)}(?:_\d)?)"', str(field))
                for number, html_name in enumerate(dict.fromkeys(found)):
                    data[html_name] = _value(field, html_name, number)
    return data


def _value(field, html_name: str, number: int) -> str:
    html = str(field)
    if f'<textarea name="{html_name}"' in html:
        return str(field.value() or "")
    if f'<select name="{html_name}"' in html:
        return str(field.value() if field.value() is not None else "")
    tag = re.search(rf'<input[^>]*name="{re.escape(html_name)}"[^>]*>', html)[0]
    if 'type="checkbox"' in tag and " checked" not in tag:
        return ""
    value = re.search(r' value="([^"]*)"', tag)
    return value[1] if value else ("on" if 'type="checkbox"' in tag else "")


def save(client: Client, address: str, **edited: str):
    """Open a form, edit some fields, send it."""
    data = {name: value for name, value in {**posted(client, address), **edited}.items() if value is not None}
    return client.post(address, {name: value for name, value in data.items() if value != "" or name in edited})
