"""Everything that happens to a registration, one function a step, whoever asks: page, admin, task or command.

Each does the same: lock (the event's pools first, in order; then the row), move, save named fields, record, tell.
"""

from events.transitions import Refusal
from registration.services.changing import (
    cancel,
    change,
    correct_address,
    follow_remotely,
    forget_needs,
    forget_needs_of_past_events,
    send_link,
    switch_to_on_site,
    switch_to_remote,
)
from registration.services.check_in_lists import put_on_list, take_off_list
from registration.services.claims import reserve, reserve_several, revoke_claim
from registration.services.conflicts import AlreadyClosed, close_conflict
from registration.services.details import Details
from registration.services.devices import (
    DEVICE,
    DeviceInUse,
    DeviceRevoked,
    EventOver,
    can_be_paired,
    make_device,
    new_pairing_link,
    pairing_link,
    pairing_token,
)
from registration.services.devices import revoke as revoke_device
from registration.services.door import come_on_site, register_at_door
from registration.services.handover import give_to_colleague, keep_after_all, register_on_claim, take_over
from registration.services.mailing import begin_mailing, send_mailing, try_mailing
from registration.services.no_show import may_stay_away, stay_away
from registration.services.offers import accept_offer, decline_offer, lapse_offers, offer_place, set_capacity
from registration.services.registering import Outcome, key_of, register
from registration.services.rules import AlreadyRegistered, Closed, LinkUsed, NotPossible, TooOften

__all__ = [
    "DEVICE",
    "AlreadyClosed",
    "AlreadyRegistered",
    "Closed",
    "Details",
    "DeviceInUse",
    "DeviceRevoked",
    "EventOver",
    "LinkUsed",
    "NotPossible",
    "Outcome",
    "Refusal",
    "TooOften",
    "accept_offer",
    "begin_mailing",
    "can_be_paired",
    "cancel",
    "change",
    "come_on_site",
    "close_conflict",
    "correct_address",
    "decline_offer",
    "follow_remotely",
    "forget_needs",
    "forget_needs_of_past_events",
    "give_to_colleague",
    "keep_after_all",
    "key_of",
    "lapse_offers",
    "make_device",
    "may_stay_away",
    "new_pairing_link",
    "offer_place",
    "pairing_link",
    "pairing_token",
    "put_on_list",
    "register",
    "register_at_door",
    "register_on_claim",
    "reserve",
    "reserve_several",
    "revoke_claim",
    "revoke_device",
    "send_link",
    "send_mailing",
    "set_capacity",
    "stay_away",
    "switch_to_on_site",
    "switch_to_remote",
    "take_off_list",
    "take_over",
    "try_mailing",
]
