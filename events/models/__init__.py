"""The tables of the event itself, its people, its texts, its post, its places."""

from events.models.call import Call, CallChoice, Criterion, Review, Submission, SubmissionQuerySet
from events.models.content import NewsItem, Page
from events.models.event import Day, Event, OrganisationType, Partner, Question, QuestionChoice, Role, Theme
from events.models.log import LogEntry
from events.models.mail import Document, Mail
from events.models.mailing import Mailing
from events.models.place import Place, PlaceQuerySet, Pool
from events.models.upload import Upload
from events.models.user import Membership, User

__all__ = [
    "Call",
    "CallChoice",
    "Criterion",
    "Day",
    "Document",
    "Event",
    "LogEntry",
    "Mail",
    "Mailing",
    "Membership",
    "NewsItem",
    "OrganisationType",
    "Page",
    "Partner",
    "Place",
    "PlaceQuerySet",
    "Pool",
    "Question",
    "QuestionChoice",
    "Review",
    "Role",
    "Submission",
    "SubmissionQuerySet",
    "Theme",
    "Upload",
    "User",
]
