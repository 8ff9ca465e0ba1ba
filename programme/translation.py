"""The programme's texts in Finnish, Swedish and English."""

from modeltranslation.translator import TranslationOptions, register

from programme.models import Format, Proposal, Release, Room, Session, Speaker


@register(Format)
class FormatTranslation(TranslationOptions):
    """Lecture, föreläsning, luento."""

    fields = ("name",)
    required_languages = ("fi", "sv")


@register(Proposal)
class ProposalTranslation(TranslationOptions):
    """What is proposed, in the language one writes; the others may follow."""

    fields = ("title", "description")


@register(Room)
class RoomTranslation(TranslationOptions):
    """Where it takes place."""

    fields = ("name", "access")
    required_languages = {"fi": ("name",), "sv": ("name",)}


@register(Session)
class SessionTranslation(TranslationOptions):
    """What it is about."""

    fields = ("title", "abstract", "access")


@register(Speaker)
class SpeakerTranslation(TranslationOptions):
    """Who speaks."""

    fields = ("job_title", "biography")


@register(Release)
class ReleaseTranslation(TranslationOptions):
    """What is new."""

    fields = ("note",)
