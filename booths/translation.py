"""The exhibition's texts in Finnish, Swedish and English."""

from modeltranslation.translator import TranslationOptions, register

from booths.models import Booth, BoothApplication, Exhibition, Hall, Landmark


@register(BoothApplication)
class BoothApplicationTranslation(TranslationOptions):
    """What is offered, in the language one writes; the others may follow."""

    fields = ("title", "description")


@register(Booth)
class BoothTranslation(TranslationOptions):
    """What the public reads."""

    fields = ("title", "description")


@register(Hall)
class HallTranslation(TranslationOptions):
    """Where it is."""

    fields = ("name", "access")
    required_languages = {"fi": ("name",), "sv": ("name",)}


@register(Landmark)
class LandmarkTranslation(TranslationOptions):
    """What is to be seen."""

    fields = ("label",)


@register(Exhibition)
class ExhibitionTranslation(TranslationOptions):
    """What visitors and exhibitors are told."""

    fields = ("intro", "set_up", "take_down")
