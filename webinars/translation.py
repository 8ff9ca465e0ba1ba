"""The texts of webinars in Finnish, Swedish and English."""

from modeltranslation.translator import TranslationOptions, register

from webinars.models import Series, Webinar


@register(Series)
class SeriesTranslation(TranslationOptions):
    """What the webinars have in common."""

    fields = ("title", "description")
    required_languages = {"fi": ("title",), "sv": ("title",)}


@register(Webinar)
class WebinarTranslation(TranslationOptions):
    """What it is about and who speaks; what is public has Finnish and Swedish."""

    fields = ("title", "abstract", "speakers")
