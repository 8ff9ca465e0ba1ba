"""What every admin of ours shares: one's own events only, rights by the table, and saving only what was edited."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from events import access
from events.dates import moment
from events.models import Event, LogEntry
from events.pagecache import raise_public_version

LANGUAGES = ("fi", "sv", "en")
# The apps above count who has, or wants, a place at the venue: count(days=day), count(role=role).
COUNTED_BY: list[Callable[..., int]] = []


def comers(**where: Any) -> int:
    """How many have or want a place at the venue with this day or role, whether a pool counts them or not."""
    return sum(count(**where) for count in COUNTED_BY)


def path_to_event(model: type[models.Model]) -> str | None:
    """The lookup that leads from a row to its event, such as "event" ("pk" for an event itself); None without one."""
    if model is Event:
        return "pk"
    steps = (
        "event",
        "question__event",
        "registration__event",
        "call__event",
        "webinar__event",
        "hall__event",
        "booth__event",
    )
    for step in steps:
        try:
            model._meta.get_field(step.split("__")[0])
        except FieldDoesNotExist:
            continue
        return step
    return None


def event_id_of(row: Any) -> int | None:
    """The key of the event that a row belongs to."""
    if isinstance(row, Event):
        return row.pk
    for name in ("event_id", "question", "registration", "call", "webinar", "hall", "booth"):
        if (value := getattr(row, name, None)) is not None:
            return value if name == "event_id" else event_id_of(value)
    return None


def shown_event(request: HttpRequest, model: type[models.Model]) -> Event | None:
    """The event that a list is about: the current one unless another is chosen; one query a request."""
    if not hasattr(request, "shown_event"):
        request.own_events = list(access.events_of(request.user, "view", model=model))  # type: ignore[attr-defined]
        request.shown_event = access.chosen_event(request.own_events, request.GET.get("event"))  # type: ignore[attr-defined]
    event: Event | None = request.shown_event  # type: ignore[attr-defined]
    return event


class EventFilter(admin.SimpleListFilter):
    """One event at a time. It stands before the filters by rows of that event."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One's own events."""
        self.event = shown_event(request, model_admin.model)
        return [(str(event.pk), event.name) for event in request.own_events]  # type: ignore[attr-defined]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Of this event alone."""
        return queryset.filter(event=self.event)

    def choices(self, changelist: Any) -> Any:
        """There is no "all": numbers, exports and messages belong to one event."""
        for key, name in self.lookup_choices:
            yield {
                "selected": self.event is not None and key == str(self.event.pk),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": name,
            }


class OwnRowsFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that names only rows of one's own events, or of the event that the list shows."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """What the list itself contains may be chosen."""
        rows = narrowed(field.remote_field.model._default_manager.all(), request.user, model_admin.model)
        event, path = getattr(request, "shown_event", None), path_to_event(rows.model)
        return [(row.pk, str(row)) for row in (rows.filter(**{path: event}) if event and path else rows)]


def narrowed(rows: models.QuerySet[Any], user: Any, model: type[models.Model], *actions: str) -> models.QuerySet[Any]:
    """The rows that belong to events in which somebody may see (or do these to) rows of a table."""
    path = path_to_event(rows.model)
    allowed = access.event_ids(user, *(actions or ("view",)), model=model)
    if path is None or allowed is None:
        return rows
    return rows.filter(**{f"{path}__in": allowed})


class OneEventForm(forms.ModelForm):
    """Refuses rows of two events, whatever was posted."""

    def clean(self) -> dict[str, Any]:
        """Every chosen row must belong to the event of the row that is saved."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        own = self._own_event_id(cleaned)
        for name, value in list(cleaned.items()):
            if own and any(event_id_of(row) not in {None, own} for row in _rows(value)):
                self.add_error(name, ValidationError(_("This belongs to another event."), code="other_event"))
        return cleaned

    def _post_clean(self) -> None:
        """The row is checked as it will be saved: what was not edited here stays as somebody else may have left it."""
        given = self.cleaned_data
        if self.instance.pk:
            self.cleaned_data = {name: value for name, value in given.items() if name in self.changed_data}
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data = {name: value for name, value in given.items() if name not in self.errors}

    def _own_event_id(self, cleaned: dict[str, Any]) -> int | None:
        if isinstance(self.instance, Event):
            return self.instance.pk
        chosen = cleaned.get("event")
        return chosen.pk if chosen else event_id_of(self.instance)


def _rows(value: Any) -> list[models.Model]:
    if isinstance(value, models.Model):
        return [value]
    return list(value) if isinstance(value, models.QuerySet) else []


class Rights(admin.options.BaseModelAdmin):
    """Rights by the table of `events.access`; rows and choices of one's own events. For admins and inlines alike."""

    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 6, "cols": 80})},
        models.URLField: {"assume_scheme": "https"},
    }

    def _may(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        event_id = event_id_of(row) if row is not None and row.pk else None
        return access.may(request.user, action, self.model, event_id)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table; whoever may change may see."""
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table."""
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table."""
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The rows of one's events; autocomplete fields and pop-ups ask here too."""
        return narrowed(super().get_queryset(request), request.user, self.model)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only rows of events in which one may do what the page is for: add rows of this table, or change them."""
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The same for several."""
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field: Any, request: HttpRequest, rows: models.QuerySet[Any] | None) -> models.QuerySet[Any]:
        rows = db_field.remote_field.model._default_manager.all() if rows is None else rows
        event_id, path = getattr(request, "event_id_shown", None), path_to_event(rows.model)
        rows = narrowed(rows, request.user, self.model, *(("add", "change") if event_id else ("add",)))
        return rows.filter(**{path: event_id}) if event_id and path else rows


class EventAdmin(Rights, admin.ModelAdmin):
    """An admin of rows that belong to an event."""

    form = OneEventForm
    is_public = False  # whether saving changes pages that are kept for everyone
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the table stands in the menu: Django's own permission tables stay empty."""
        return self.has_view_permission(request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Remember whose event the page shows: its choices come from there."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            request.event_id_shown = event_id_of(row)  # type: ignore[attr-defined]
        return row

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Nothing but the list's own filters: ?email__startswith= would tell unseen columns letter by letter."""
        chosen = [self.date_hierarchy, *map(_filtered_by, self.get_list_filter(request))]
        return lookup.partition("__")[0] in chosen and super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A row never moves to another event."""
        fixed = ["event"] if obj and any(field.name == "event" for field in self.opts.fields) else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new row belongs to the current event unless another is chosen."""
        events = access.events_of(request.user, "add", model=self.model)
        event = access.chosen_event(events, None)
        return {"event": event.pk if event else None, **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Fields carry what they showed, so that an old form tells what was edited from what is merely old."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(request, "event_id_shown") and not db_field.many_to_many:
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the edited columns alone: what somebody else has changed meanwhile stays."""
        if not change:
            obj.save()
        elif fields := columns(obj, form.changed_data):
            obj.save(update_fields=fields)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The same for the rows below."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row, edited in formset.changed_objects:
            row.save(update_fields=columns(row, edited))
        for row in formset.new_objects:
            row.save()
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The last thing that a save does: the public pages are made anew."""
        super().save_related(request, form, formsets, change)
        if self.is_public:
            raise_public_version([event_id_of(form.instance)])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and make the public pages anew."""
        event_id = event_id_of(obj)
        super().delete_model(request, obj)
        if self.is_public:
            raise_public_version([event_id])

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """The same for several."""
        event_ids = {event_id_of(row) for row in queryset}
        super().delete_queryset(request, queryset)
        if self.is_public:
            raise_public_version(event_ids)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """In our own log, which is the only one."""
        return LogEntry.objects.record(_logged(obj), "added", by=request.user)  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Which fields, never what was in them."""
        fields = sorted({name for part in message for name in part.get("changed", {}).get("fields", [])})
        return LogEntry.objects.record(_logged(obj), "edited", by=request.user, fields=fields)  # type: ignore[arg-type]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """What was deleted, by its name."""
        for row in queryset:
            LogEntry.objects.record(_logged(row), "deleted", by=request.user, name=str(row))  # type: ignore[arg-type]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's page with the entries of our log."""
        row = self.get_object(request, object_id)
        entries = LogEntry.objects.about(row).select_related("by") if row else []
        return super().history_view(request, object_id, {"entries": entries, **(extra_context or {})})


def _filtered_by(chosen: Any) -> str:
    """The field, or the parameter of its own, of an entry of `list_filter`."""
    return str(getattr(chosen, "parameter_name", None) or (chosen if isinstance(chosen, str) else chosen[0]))


def _logged(row: Any) -> Any:
    """The log asks a row for its event; rows that have none of their own lend it."""
    if not isinstance(row, Event) and not hasattr(row, "event_id"):
        row.event_id = event_id_of(row)
    return row


def columns(row: models.Model, names: Iterable[str]) -> list[str]:
    """The columns to save for these form fields; a moment of updating goes along."""
    fields = {field.name: field for field in row._meta.concrete_fields if not field.primary_key}
    edited = [name for name in names if name in fields]
    moments = [name for name, field in fields.items() if getattr(field, "auto_now", False)]
    return [*edited, *moments] if edited else []


class TranslatedEventAdmin(EventAdmin, TranslationAdmin):
    """The same for rows with texts in three languages, grouped so that the languages of a text stand together."""

    group_fieldsets = True

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The grouping leaves out what is only shown: it comes last. It sorts languages by their names."""
        groups = super().get_fieldsets(request, obj)
        if not self.fieldsets:
            for _name, group in groups:
                group["fields"] = sorted(group["fields"], key=_language_order)
        fixed = dict.fromkeys(self.get_readonly_fields(request, obj))
        left_out = [name for name in fixed if obj and name not in flatten_fieldsets(groups)]
        return [*groups, (None, {"fields": left_out})] if left_out else groups

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who translates changes texts alone."""
        return [*super().get_readonly_fields(request, obj), *not_to_translate(request, self.model, obj)]

    def languages(self, row: Any) -> str:
        """Which languages are complete: fi sv en, missing ones as a dash."""
        return " · ".join(code if is_complete(row, code) else "–" for code in LANGUAGES)

    languages.short_description = _("Languages")  # type: ignore[attr-defined]


def _language_order(column: Any) -> int:
    """title_fi before title_sv before title_en; what has no language stays first."""
    return next((number for number, code in enumerate(LANGUAGES) if str(column).endswith(f"_{code}")), -1)


def not_to_translate(request: HttpRequest, model: type[models.Model], row: Any) -> list[str]:
    """The fields that somebody who only translates cannot change: all but the texts in three languages."""
    if row is None or not access.only_translates(request.user, model, event_id_of(row)):
        return []
    fields = [*model._meta.fields, *model._meta.many_to_many]
    texts = {field.translated_field.name for field in fields if hasattr(field, "translated_field")}
    return [
        field.name
        for field in fields
        if field.editable and not (field.primary_key or field.name in texts or hasattr(field, "translated_field"))
    ]


def is_complete(row: Any, language: str) -> bool:
    """Whether every text that is written in some language is written in this one."""
    names = {field.translated_field.name for field in row._meta.fields if hasattr(field, "translated_field")}
    written = [name for name in names if any(getattr(row, f"{name}_{code}") for code in LANGUAGES)]
    return all(getattr(row, f"{name}_{language}") for name in written)


class EventInline(Rights, admin.TabularInline):
    """Rows below a row, with the same rights."""

    extra = 0


class TranslatedTable(Rights, TranslationTabularInline):
    """Rows below a row, with texts in three languages."""

    extra = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who translates changes texts alone."""
        return [*super().get_readonly_fields(request, obj), *not_to_translate(request, self.model, obj)]


class ReadOnlyAdmin(EventAdmin):
    """Rows that the software writes: seen, searched, never edited."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


def shown(value: datetime | None) -> str:
    """A moment in the language's own form."""
    return moment(value) if value else "–"


def page(model_admin: Any, route: str, view: Any, name: str) -> URLPattern:
    """A page of an admin besides Django's own: admin:<app>_<table>_<name>, behind the same login."""
    opts = model_admin.opts
    return path(route, model_admin.admin_site.admin_view(view), name=f"{opts.app_label}_{opts.model_name}_{name}")


def confirmation(
    model_admin: Any, request: HttpRequest, rows: models.QuerySet[Any], *, question: str, button: str
) -> HttpResponse | None:
    """The page that a bulk action shows before it acts; None when it was answered with yes."""
    if "confirmed" in request.POST:
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": question,
        "button": button,
        "rows": rows[:SHOWN_ROWS],
        "more": max(rows.count() - SHOWN_ROWS, 0),
        "kept": [(name, value) for name in KEPT_FIELDS for value in request.POST.getlist(name)],
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)


def question_page(
    model_admin: Any,
    request: HttpRequest,
    *,
    title: str,
    button: str,
    explain: str = "",
    form: Any = None,
    about: Any = None,
) -> HttpResponse:
    """A form of our own in the admin's frame, or without a form a question to be answered with its button.

    `about` is the row that it concerns: the way back leads there, else to the list.
    """
    opts = model_admin.opts
    name = f"admin:{opts.app_label}_{opts.model_name}_{'change' if about else 'changelist'}"
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "title": title,
        "button": button,
        "explain": explain,
        "form": form,
        "groups": form.groups() if hasattr(form, "groups") else [("all", "", list(form or []))],
        "about": about,
        "back_url": reverse(name, args=[about.pk] if about else []),
    }
    status = 422 if form is not None and form.errors else 200
    return TemplateResponse(request, "admin/question.html", context, status=status)


SHOWN_ROWS = 20
KEPT_FIELDS = ("action", "_selected_action", "select_across", "index")
