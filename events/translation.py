"""What organisers write in Finnish, Swedish and English: one column a language."""

from modeltranslation.translator import TranslationOptions, register

from events.models import (
    Call,
    CallChoice,
    Criterion,
    Event,
    Mailing,
    NewsItem,
    OrganisationType,
    Page,
    Partner,
    Pool,
    Question,
    QuestionChoice,
    Role,
    Theme,
)


@register(Event)
class EventTranslation(TranslationOptions):
    """The event's texts."""

    fields = (
        "name",
        "tagline",
        "summary",
        "venue_name",
        "venue_address",
        "city",
        "contact_name",
        "funding_statement",
        "funding_note",
    )
    required_languages = {"fi": ("name",), "sv": ("name",)}


@register(Page)
class PageTranslation(TranslationOptions):
    """A page's texts: Finnish and Swedish are equal, English may fall back."""

    fields = ("title", "body")
    required_languages = ("fi", "sv")


@register(NewsItem)
class NewsTranslation(TranslationOptions):
    """A news item's texts."""

    fields = ("title", "lead", "body")
    required_languages = {"fi": ("title", "lead"), "sv": ("title", "lead")}


@register([OrganisationType, Partner, Pool, QuestionChoice, Role, Theme])
class NameTranslation(TranslationOptions):
    """A name in three languages."""

    fields = ("name",)
    required_languages = ("fi", "sv")


@register(Question)
class QuestionTranslation(TranslationOptions):
    """An extra question's texts."""

    fields = ("label", "help_text")
    required_languages = {"fi": ("label",), "sv": ("label",)}


@register(Mailing)
class MailingTranslation(TranslationOptions):
    """What organisers write to many; which languages are needed depends on the recipients."""

    fields = ("subject", "text")


@register(Call)
class CallTranslation(TranslationOptions):
    """What is called for."""

    fields = ("title", "summary", "body")
    required_languages = ("fi", "sv")


@register(Criterion)
class CriterionTranslation(TranslationOptions):
    """By what it is decided."""

    fields = ("name", "description")
    required_languages = {"fi": ("name",), "sv": ("name",)}


@register(CallChoice)
class CallChoiceTranslation(TranslationOptions):
    """What can be chosen."""

    fields = ("name", "description")
    required_languages = {"fi": ("name",), "sv": ("name",)}
