"""The organisers' site: Django's admin behind allauth's login, for sessions that have passed a second factor."""

from collections.abc import Iterable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from events import access
from events.plaintext import key_in

HIDDEN_APPS = {"account", "auth", "mfa"}
PASSWORD_PAGES = {"password_change", "password_change_done"}
LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


class OrganiserAdminSite(admin.AdminSite):
    """Every page asks for the second factor, not only the way in."""

    site_header = site_title = _("Event office")
    index_title = _("What would you like to do?")
    enable_nav_sidebar = False  # lists are wide; the first page is the menu

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own tables only: accounts, groups and authenticators of the libraries have no pages here."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label not in HIDDEN_APPS]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Without pages for passwords, because nobody has one."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in PASSWORD_PAGES]

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, in a session that has passed a second factor or a passkey."""
        return super().has_permission(request) and access.passed_second_factor(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Check boxes of a list send keys, and pop-ups name a field; anything else comes from no page of ours."""

        @wraps(view)
        def with_keys(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if any(key_in(key) is None for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
                raise BadRequest("These are no keys.")
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                raise BadRequest("This is no field.")
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return super().admin_view(with_keys, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Every page can be read in the other languages."""
        here = request.get_full_path()
        languages = [
            {"code": code, "name": name, "url": translate_url(here, code), "is_current": code == get_language()}
            for code, name in LANGUAGE_NAMES.items()
        ]
        home = f"/{get_language()}/"
        return {**super().each_context(request), "languages": languages, "site_url": home}

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No form of its own: whoever comes is led to the step that is missing."""
        wanted = _wanted_page(request)
        if not request.user.is_authenticated:
            return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': wanted})}")
        if not super().has_permission(request):
            raise PermissionDenied
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)  # redirect() would look for a page of that name
        return redirect(_missing_step(request, wanted))


def _wanted_page(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else reverse("admin:index")


def _missing_step(request: HttpRequest, wanted: str) -> str:
    """Where a second factor is set up, or shown in this session when there is one already."""
    types = set(Authenticator.objects.filter(user__in=[request.user]).values_list("type", flat=True))
    steps = {Authenticator.Type.WEBAUTHN: "mfa_reauthenticate_webauthn", Authenticator.Type.TOTP: "mfa_reauthenticate"}
    step = next((name for kind, name in steps.items() if kind in types), None)
    if step:
        messages.info(request, _("Confirm with your second factor that it is you."))
        return f"{reverse(step)}?{urlencode({'next': wanted})}"
    messages.warning(
        request,
        _("The organisers' pages need a second factor. Add a passkey or an authenticator app here, then come back."),
    )
    return reverse("mfa_index")
