"""Everything that happens to webinars and sign-ups, one function a step, whoever asks: page, admin, task or command."""

from webinars.services.joining import DoorsClosed, NoMeeting, forget_networks, join
from webinars.services.offers import accept_offer, decline_offer, lapse_offers, set_places
from webinars.services.organising import BeingSent, NotOver, call_off, copy, move, thank, to_thank
from webinars.services.reminding import send_reminders
from webinars.services.rules import Closed, NotPossible, Refusal
from webinars.services.signing_up import AlreadySignedUp, Details, cancel, correct_address, send_links, sign_up

__all__ = [
    "AlreadySignedUp",
    "BeingSent",
    "Closed",
    "Details",
    "DoorsClosed",
    "NoMeeting",
    "NotOver",
    "NotPossible",
    "Refusal",
    "accept_offer",
    "call_off",
    "cancel",
    "copy",
    "correct_address",
    "decline_offer",
    "forget_networks",
    "join",
    "lapse_offers",
    "move",
    "send_links",
    "send_reminders",
    "set_places",
    "sign_up",
    "thank",
    "to_thank",
]
