"""Series and webinars: texts, times, the meeting, the recording; what is done with them is done by steps that ask."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import access, clock, dates, uploads
from events.admin.steps import attempt, user_of
from events.admin_base import EventInline, OwnRowsFilter, TranslatedEventAdmin, page, question_page
from events.models import LogEntry, Place
from events.pagecache import raise_public_version
from events.transitions import Refusal
from webinars import reports, services
from webinars.admin.forms import FileForm, MoveForm, PlacesForm, WebinarForm
from webinars.models import Material, Series, SignUp, Webinar

SECRET = "join_url"
TIMES = ["starts_at", "ends_at"]


class AddressedAdmin(TranslatedEventAdmin):
    """Rows with a public address, which is made of the title once."""

    prepopulated_fields = {"slug": ["title_fi"]}
    is_public = True

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only for a new row: an address that has been given out stays."""
        return {} if obj else super().get_prepopulated_fields(request, obj)


@admin.register(Series)
class SeriesAdmin(AddressedAdmin):
    """What several webinars have in common, with their numbers."""

    list_display = ["title", "languages", "webinars", "people", "came", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the numbers, counted in the same query."""
        live, came = Q(webinars__sign_ups__status__in=Place.LIVE), Q(webinars__sign_ups__attended_at__isnull=False)
        return super().get_queryset(request).annotate(
            number=Count("webinars", distinct=True),
            signed_up=Count("webinars__sign_ups", distinct=True, filter=live),
            attended=Count("webinars__sign_ups", distinct=True, filter=came),
        )  # fmt: skip

    @admin.display(description=_("webinars"))
    def webinars(self, row: Any) -> int:
        """How many."""
        number: int = row.number
        return number

    @admin.display(description=_("sign-ups"))
    def people(self, row: Any) -> int:
        """How many, of all its webinars."""
        number: int = row.signed_up
        return number

    @admin.display(description=_("came"))
    def came(self, row: Any) -> int:
        """How many, of all its webinars."""
        number: int = row.attended
        return number


class MaterialTable(EventInline):
    """Links are written here; files come by a page of their own."""

    model = Material
    fields = ["title", "url", "file"]
    readonly_fields = ["file"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the files."""
        return super().get_queryset(request).select_related("upload")

    @admin.display(description=_("file"))
    def file(self, row: Material) -> str:
        """What it was called."""
        return row.upload.name if row.upload else "–"


class TimeFilter(admin.SimpleListFilter):
    """Coming, past, and those with something to be done."""

    title = _("date and time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("coming", _("coming")), ("past", _("past")), ("captions", _("captions are missing"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """By the clock."""
        if self.value() == "captions":
            return rows.exclude(recording_url="").filter(has_recording_captions=False)
        if self.value() == "coming":
            return rows.filter(ends_at__gt=clock.now())
        return rows.filter(ends_at__lte=clock.now()) if self.value() == "past" else rows


@admin.register(Webinar)
class WebinarAdmin(AddressedAdmin):
    """Online sessions. The time of one to which people have signed up is changed by a step that tells them."""

    form = WebinarForm
    change_form_template = "admin/webinars/webinar_form.html"
    list_display = ["title", "when", "series", "people", "state", "recording", "languages_of_texts", "event"]
    list_filter = [("event", OwnRowsFilter), TimeFilter, ("series", OwnRowsFilter), "is_public"]
    list_select_related = ["event", "series", "pool"]
    search_fields = ["title_fi", "title_sv", "title_en", "slug"]
    inlines = [MaterialTable]
    fieldsets = [
        (None, {"fields": ["event", ("series", "call"), "is_public"]}),
        (_("Texts"), {"fields": ["title", "abstract", "speakers"]}),
        (_("Time and meeting"), {"fields": [("starts_at", "ends_at"), SECRET, "reminders"]}),
        (_("Form"), {"fields": ["languages", "interpreted_into", "has_captions"]}),
        (_("Recording"), {"fields": [("recording_url", "recorded_on"), "has_recording_captions"]}),
        (_("Address"), {"fields": ["slug"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the numbers of the list, counted in the same query."""
        counted = {name: Count("sign_ups", filter=which) for name, which in reports.STANDINGS.items()}
        return super().get_queryset(request).annotate(**counted)

    # --- Who sees what ------------------------------------------------------------------------------------------------
    def _may_organise(self, request: HttpRequest, row: Webinar | None) -> bool:
        """Whether one does more than translate; who does not sees no address of a meeting."""
        if row is None:
            return self.has_add_permission(request)
        may_change = self.has_change_permission(request, row)
        return may_change and not access.only_translates(request.user, Webinar, row.event_id)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the address of the meeting for those who only translate."""
        groups = super().get_fieldsets(request, obj)
        if self._may_organise(request, obj):
            return groups
        return [(name, {**group, "fields": _without_secret(group["fields"])}) for name, group in groups]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The time is moved, not edited."""
        fixed = [name for name in super().get_readonly_fields(request, obj) if name != SECRET]
        return [*fixed, *(name for name in TIMES if obj and name not in fixed)]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is not shown is not posted either."""
        return None if self._may_organise(request, obj) else [SECRET]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Materials once there is a webinar; not for those who only translate."""
        return super().get_inlines(request, obj) if obj and self._may_organise(request, obj) else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only one to which nobody has signed up."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not SignUp.objects.filter(webinar=obj).exists()

    def get_actions(self, request: HttpRequest) -> Any:
        """None: deleting asks whether anybody has signed up."""
        return {}

    # --- What the list tells ------------------------------------------------------------------------------------------
    @admin.display(description=_("date and time"), ordering="starts_at")
    def when(self, row: Webinar) -> str:
        """From when to when."""
        return dates.moment(row.starts_at, row.ends_at)

    @admin.display(description=_("sign-ups"))
    def people(self, row: Any) -> str:
        """12 of 500, 3 waiting; afterwards how many came."""
        places = f" / {row.pool.capacity}" if row.pool else ""
        waiting = gettext("%(count)d waiting") % {"count": row.waiting} if row.waiting else ""
        came = gettext("%(count)d came") % {"count": row.attended} if row.attended else ""
        return ", ".join(part for part in (f"{row.confirmed}{places}", waiting, came) if part)

    @admin.display(description=_("public"))
    def state(self, row: Webinar) -> str:
        """Yes, or why not; and what is missing before people come."""
        return ", ".join(map(str, reports.state(row, clock.now())))

    @admin.display(description=_("recording"))
    def recording(self, row: Webinar) -> str:
        """Whether it is shown, and how many days are left for its captions."""
        return reports.recording(row, clock.now())

    @admin.display(description=_("Languages"))
    def languages_of_texts(self, row: Webinar) -> str:
        """Which languages are complete."""
        return self.languages(row)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With the numbers, and the steps that are possible now."""
        row = context.get("original")
        if row is not None:
            context |= {
                "numbers": reports.numbers(row),
                "state": reports.state(row, clock.now()),
                "recording": reports.recording(row, clock.now()),
                "may_organise": self._may_organise(request, row),
                "is_over": row.is_over(clock.now()),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Steps --------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """What is done with a webinar."""
        steps = {
            "move": self.move, "cancel": self.cancel, "thank": self.thank, "copy": self.copy, "places": self.places,
            "file": self.add_file,
        }  # fmt: skip
        own = [page(self, f"<int:pk>/{name}/", view, name) for name, view in steps.items()]
        return [*own, *super().get_urls()]

    def _own(self, request: HttpRequest, pk: int) -> Webinar:
        """A webinar that one organises; 404 when one does not see it."""
        row: Webinar = get_object_or_404(self.get_queryset(request).select_related("event", "pool"), pk=pk)
        if not self._may_organise(request, row):
            raise PermissionDenied
        return row

    def _told(self, row: Webinar) -> str:
        """How many would hear of it."""
        count = SignUp.objects.filter(webinar=row).live().count()
        text = ngettext("%(count)d person is told by mail.", "%(count)d people are told by mail.", count)
        return text % {"count": count}

    def _ask(
        self, request: HttpRequest, row: Webinar, step: Callable[[], Any], *, title: str, explain: str, done: Any
    ) -> HttpResponse:
        """A step without further questions: the page asks, the post acts."""
        if request.method == "POST":
            attempt(request, step, done)
            return redirect("admin:webinars_webinar_change", row.pk)
        return question_page(self, request, title=title, button=title, explain=explain, about=row)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another time; everybody is told."""
        row = self._own(request, pk)
        form = MoveForm(request.POST or None, initial={name: getattr(row, name) for name in TIMES}, label_suffix="")
        if request.method == "POST" and form.is_valid():
            step = lambda: services.move(pk, **form.cleaned_data, by=user_of(request))  # noqa: E731
            attempt(request, step, gettext("The webinar has its new time; everybody is told."))
            return redirect("admin:webinars_webinar_change", pk)
        title = gettext("Move the webinar")
        return question_page(self, request, title=title, button=title, explain=self._told(row), form=form, about=row)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It does not take place; everybody is told."""
        row = self._own(request, pk)
        explain = gettext("It stays on the pages as cancelled, and cannot be taken up again.")
        return self._ask(
            request, row, lambda: services.call_off(pk, by=user_of(request)), title=gettext("Cancel the webinar"),
            explain=f"{self._told(row)} {explain}", done=gettext("The webinar is cancelled; everybody is told."),
        )  # fmt: skip

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def thank(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Recording, materials and feedback, to everybody once."""
        row = self._own(request, pk)
        count = services.to_thank(row).count()
        text = ngettext(
            "%(count)d person gets a mail with the recording, the materials and the way to give feedback.",
            "%(count)d people get a mail with the recording, the materials and the way to give feedback.", count,
        )  # fmt: skip
        return self._ask(
            request, row, lambda: services.thank(pk, by=user_of(request)), title=gettext("Send thanks"),
            explain=f"{text % {'count': count}} {reports.recording(row, clock.now())}",
            done=gettext("The thanks are on their way."),
        )  # fmt: skip

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same in the next month."""
        row = self._own(request, pk)
        title = gettext("Copy to the next month")
        if request.method == "POST":
            fresh = attempt(request, lambda: services.copy(pk, by=user_of(request)), gettext("This is the copy."))
            return redirect("admin:webinars_webinar_change", fresh.pk if fresh else pk)
        explain = gettext("The copy has the same texts, is not public, and has neither a meeting nor a recording.")
        return question_page(self, request, title=title, button=title, explain=explain, about=row)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def places(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many may sign up; more places are offered to the waiting list at once."""
        row = self._own(request, pk)
        form = PlacesForm(
            request.POST or None, initial={"capacity": row.pool.capacity if row.pool else None}, label_suffix=""
        )
        if request.method == "POST" and form.is_valid():
            step = lambda: services.set_places(pk, form.cleaned_data["capacity"], by=user_of(request))  # noqa: E731
            attempt(request, step, gettext("Saved."))
            return redirect("admin:webinars_webinar_change", pk)
        taken = {"taken": row.pool.taken, "capacity": row.pool.capacity} if row.pool else None
        explain = (
            gettext("%(taken)s of %(capacity)s places are taken.") % taken
            if taken
            else gettext("There is no limit now. Who has signed up already keeps the place.")
        )
        title = gettext("Places of the webinar")
        return question_page(
            self, request, title=title, button=gettext("Save"), explain=explain, form=form, about=row
        )  # fmt: skip

    @uploads.takes_files
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def add_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Slides as PDF."""
        row = self._own(request, pk)
        form = FileForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid() and _keep_file(request, row, form):
            return redirect("admin:webinars_webinar_change", pk)
        title = gettext("Add a file")
        explain = gettext("Slides and handouts as PDF. What stands elsewhere on the web is a link: write it into the "
                          "table of materials on the page of the webinar.")  # fmt: skip
        return question_page(self, request, title=title, button=title, explain=explain, form=form, about=row)


def _without_secret(fields: Any) -> list[Any]:
    return [
        tuple(name for name in part if name != SECRET) if isinstance(part, tuple) else part
        for part in fields
        if part != SECRET
    ]


def _keep_file(request: HttpRequest, row: Webinar, form: FileForm) -> bool:
    try:
        upload = uploads.keep(row.event, form.cleaned_data["file"], form.kind)
    except Refusal as refusal:
        form.add_error("file", str(refusal.message))
        return False
    Material.objects.create(webinar=row, title=form.cleaned_data["title"], upload=upload)
    LogEntry.objects.record(row, "material handed in", by=user_of(request))
    raise_public_version([row.event_id])
    return True
