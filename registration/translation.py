"""What organisers name in Finnish, Swedish and English at the door."""

from modeltranslation.translator import TranslationOptions, register

from registration.models import CheckInList, Gate


@register(Gate)
class GateTranslation(TranslationOptions):
    """Where one comes in."""

    fields = ("name",)
    required_languages = ("fi", "sv")


@register(CheckInList)
class CheckInListTranslation(TranslationOptions):
    """What one comes to."""

    fields = ("name",)
    required_languages = ("fi", "sv")
