"""What is refused before a view or the database sees it, because nobody sends it by mistake."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from events import uploads


class RefuseNul:
    """400 for the character NUL in the address or a cookie: PostgreSQL takes it nowhere. Forms look for themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is asked of the database."""
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or any("\0" in text for text in (query, request.path_info, *request.COOKIES.values())):
            raise BadRequest("NUL in the address or a cookie.")
        return self.get_response(request)


class RefuseFiles(FileUploadHandler):
    """400 for a form with a file, before its bytes are kept anywhere; unless the view says that it takes files.

    There a file that is too large is cut one byte above the limit: enough for the form to say so.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Called when a file begins."""
        match = getattr(self.request, "resolver_match", None)
        if not getattr(match and match.func, "takes_files", False):
            raise MultiPartParserError("No file is expected here.")
        super().new_file(*args, **kwargs)
        self.left = uploads.MOST_BYTES + 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what is within the limit to the handler that keeps it."""
        taken, self.left = raw_data[: self.left], max(0, self.left - len(raw_data))
        return taken or None

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
