"""Logging in, where allauth needs our word: limits that an office behind one address never meets, and mail troubles.

A code can be guessed five times in five minutes for one account from one address. Who sits elsewhere is not counted,
so nobody can be locked out by a stranger who guesses.
"""

import json
import logging
import smtplib
from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.mfa.webauthn import forms as passkeys
from django.contrib import messages
from django.forms import HiddenInput, JSONField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Organisers go to their pages after login, everyone else to their own."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody lands who wanted nothing in particular."""
        return reverse("admin:index") if request.user.is_staff else reverse("my-page")

    def format_email_subject(self, subject: str) -> str:
        """The sender says who writes."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Codes leave at once, not through the outbox, where organisers could read them."""
        login_url = self.request.build_absolute_uri(reverse("account_login"))
        try:
            super().send_mail(template_prefix, email, {**context, "login_url": login_url})
        except (OSError, smtplib.SMTPException):
            logger.exception("%s was not sent", template_prefix)
            messages.error(self.request, _("The mail could not be sent just now. Please try again in a minute."))


def _refuse_if_too_many(action: str, email: str) -> None:
    """Count this attempt for the account and the address that it comes from."""
    adapter = AccountAdapter()
    key = f"{email.lower()} {adapter.get_client_ip(context.request)}"
    if not ratelimit.consume(context.request, action=action, key=key):
        raise adapter.validation_error("too_many_login_attempts")


class RequestLoginCodeForm(forms.RequestLoginCodeForm):
    """Asking for a code."""

    def clean_email(self) -> str:
        """A few codes for one account from one address."""
        _refuse_if_too_many("code_request", self.cleaned_data["email"])
        email: str = super().clean_email()
        user: Any = self._user
        if user:  # made by an organiser or at the terminal: the code will show whose the address is
            EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
        return email


class ConfirmLoginCodeForm(forms.ConfirmLoginCodeForm):
    """Typing the code to log in."""

    def clean_code(self) -> str:
        """Counted before it is compared."""
        _refuse_if_too_many("code_guess", context.request._login_stage.state.get("email", ""))
        code: str = super().clean_code()
        return code


class ConfirmEmailVerificationCodeForm(forms.ConfirmEmailVerificationCodeForm):
    """Typing the code that shows that an address is one's own."""

    def clean_code(self) -> str:
        """Counted before it is compared."""
        _refuse_if_too_many("code_guess", self.email or "")
        code: str = super().clean_code()
        return code


# --- Passkeys ---------------------------------------------------------------------------------------------------------
class _Decoder(json.JSONDecoder):
    """Numbers and nests without end are as wrong as anything else that is no JSON, and no errors of ours."""

    def decode(self, s: str, *args: Any) -> Any:
        """Python's reader has limits of its own."""
        try:
            return super().decode(s, *args)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError("Beyond the limits", "", 0) from error


def _credential() -> JSONField:
    return JSONField(decoder=_Decoder, widget=HiddenInput)


class AddPasskeyForm(passkeys.AddWebAuthnForm):
    """A new one."""

    credential = _credential()


class AuthenticatePasskeyForm(passkeys.AuthenticateWebAuthnForm):
    """As the second factor after a code."""

    credential = _credential()


class LoginPasskeyForm(passkeys.LoginWebAuthnForm):
    """Instead of a code."""

    credential = _credential()


class ReauthenticatePasskeyForm(passkeys.ReauthenticateWebAuthnForm):
    """Once more, where much can be done."""

    credential = _credential()
