"""Where messages to the person wait for the next page: in a cookie that only this host can set."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest


class HostCookieStorage(CookieStorage):
    """Django's, under a name with the prefix of the other cookies."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class Storage(FallbackStorage):
    """In the cookie; in the session what does not fit. Without messages neither is touched."""

    storage_classes = (HostCookieStorage, SessionStorage)
