"""Halls, their places and landmarks, and the dates of the exhibition."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from booths import plan
from booths.models import BoothPlace, Exhibition, Hall, Landmark
from booths.models.plan import plain
from booths.services import placing
from events.admin_base import EventAdmin, OwnRowsFilter, TranslatedEventAdmin, TranslatedTable, page, question_page
from events.transitions import Refusal


def measure(label: Any, initial: str, *, least: str = "0") -> forms.DecimalField:
    """Metres, to the centimetre."""
    return forms.DecimalField(
        label=label, initial=initial, min_value=Decimal(least), max_value=200, max_digits=5, decimal_places=2
    )


class GridForm(forms.Form):
    """Rows of places, so that nobody types thirty of them."""

    letter = forms.RegexField(
        r"^[A-ZÅÄÖ]{0,3}$", label=_("Letter"), initial="A", required=False, max_length=3,
        error_messages={"invalid": _("At most three capital letters.")},
    )  # fmt: skip
    first = forms.IntegerField(label=_("First number"), initial=1, min_value=1, max_value=9000)
    rows = forms.IntegerField(label=_("Rows"), initial=3, min_value=1, max_value=30)
    in_row = forms.IntegerField(label=_("Places in a row"), initial=10, min_value=1, max_value=60)
    width = measure(_("Width of a place in metres"), "3", least="0.5")
    depth = measure(_("Depth of a place in metres"), "2", least="0.5")
    x = measure(_("From the left in metres"), "1")
    y = measure(_("From the top in metres"), "1")
    aisle = measure(_("Aisle in metres"), "2")
    back_to_back = forms.BooleanField(label=_("Rows stand back to back, two and two"), required=False, initial=False)
    has_power = forms.BooleanField(label=_("With power"), required=False)
    has_network = forms.BooleanField(label=_("With a network"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def grid(self) -> plan.Grid:
        """For the service."""
        return plan.Grid(**self.cleaned_data)


class LandmarkTable(TranslatedTable):
    """Doors, stairs, a stage, labelled areas."""

    model = Landmark
    fields = ["kind", "label", "page", "x", "y", "width", "depth"]


@admin.register(Hall)
class HallAdmin(TranslatedEventAdmin):
    """Halls and lobbies; the plan is drawn from them."""

    is_public = True
    change_form_template = "admin/booths/hall_form.html"
    list_display = ["name", "slug", "width", "depth", "number_of_places", "languages", "order", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
    search_fields = ["name_fi", "name_sv", "name_en", "slug"]
    prepopulated_fields = {"slug": ["name_fi"]}
    inlines = [LandmarkTable]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the number of places, in the same query."""
        return super().get_queryset(request).prefetch_related("places")

    @admin.display(description=_("places"))
    def number_of_places(self, row: Hall) -> str:
        """How many booths fit."""
        return str(len(row.places.all()))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only for a new row: an address that has been given out stays, and who translates does not see it."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Landmarks once there is a hall."""
        return super().get_inlines(request, obj) if obj else []

    def get_urls(self) -> list[URLPattern]:
        """Many places at once."""
        return [page(self, "<int:pk>/places/", self.make_places, "places"), *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def make_places(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rows of places; those that are there stay."""
        hall: Hall = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_delete_permission(request, hall):  # who only translates makes none
            raise PermissionDenied
        form = GridForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                made = placing.make_places(pk, form.grid(), by=request.user)  # type: ignore[arg-type]
            except Refusal as refusal:
                form.add_error(None, str(refusal.message))
            else:
                text = ngettext("%(count)d place is made.", "%(count)d places are made.", len(made))
                messages.success(request, text % {"count": len(made)})
                return redirect("admin:booths_hall_change", pk)
        size = {"width": plain(hall.width), "depth": plain(hall.depth)}
        explain = gettext("The hall is %(width)s × %(depth)s m. The places that are there stay as they are.") % size
        return question_page(
            self, request, title=gettext("Make places in rows"), button=gettext("Make the places"), explain=explain,
            form=form, about=hall,
        )  # fmt: skip


@admin.register(BoothPlace)
class BoothPlaceAdmin(EventAdmin):
    """One place; rows of them are made in the hall."""

    is_public = True
    list_display = ["number", "hall", "size", "has_power", "has_network", "has_wall", "booth"]
    list_filter = [("hall", OwnRowsFilter), "has_power", "has_network", "has_wall"]
    list_select_related = ["hall__event"]
    search_fields = ["number"]
    list_editable = ["has_power", "has_network", "has_wall"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the booths, in one more query."""
        return super().get_queryset(request).prefetch_related("booths")

    @admin.display(description=_("size"))
    def size(self, row: BoothPlace) -> str:
        """3 × 2 m"""
        return plan.size_words(row)

    @admin.display(description=_("booth"))
    def booth(self, row: BoothPlace) -> str:
        """Who stands there."""
        return ", ".join(map(str, row.booths.all())) or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not while a booth stands there."""
        return super().has_delete_permission(request, obj) and not (obj and obj.booths.exists())


@admin.register(Exhibition)
class ExhibitionAdmin(TranslatedEventAdmin):
    """What visitors are told, and the dates for exhibitors."""

    is_public = True
    list_display = ["event", "texts_until", "needs_until", "staff_until", "badges", "languages"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
