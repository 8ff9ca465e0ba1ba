"""The tables of the webinars: what takes place, and who takes part."""

from webinars.models.sign_up import Feedback, SignUp, SignUpQuerySet
from webinars.models.webinar import LANGUAGES, Material, Series, Webinar, WebinarQuerySet

__all__ = ["LANGUAGES", "Feedback", "Material", "Series", "SignUp", "SignUpQuerySet", "Webinar", "WebinarQuerySet"]
