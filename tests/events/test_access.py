"""Who may open what in the admin: every page × every role. A page that is not in the table fails the build."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.urls.resolvers import URLPattern, URLResolver

from booths.models import BoothChange
from events import access, clock, qr
from events.models import Document, LogEntry, Mail, Membership, NewsItem, Theme, User
from programme.models import LivePage, LiveQuestion, Release, Stream
from registration.checkin import take
from registration.models import Conflict, Registration, Scan
from registration.services import reserve
from registration.services.letters import fix_letters
from registration.services.mailing import begin_mailing
from tests.door import batch, item, make_device
from tests.exhibition import make_booth, make_booth_application, make_exhibition, make_hall, make_place
from tests.factories import at, make_application, make_call, make_event, make_proposal, register
from tests.organisers import enter, make_member, make_user
from tests.sessions import make_room, make_session, make_speaker
from tests.webinars.helpers import make_series, make_webinar, sign_up_one
from webinars.models import Feedback

pytestmark = pytest.mark.django_db
Role = Membership.Role

CAST = [
    "stranger",
    "participant",
    "other_organiser",
    "organiser",
    "door_lead",
    "needs_reader",
    "translator",
    "reviewer",
    "superuser",
]
# 200 seen, 302 led elsewhere (to the login, or because there is no such row among one's own), 403 refused,
# 404 no such row among one's own, 405 only by POST. The columns are the cast, in its order.
TABLE = {
    "app_list": "302 302 200 200 200 200 200 200 200",
    "autocomplete": "302 302 403 403 403 403 403 403 403",
    "booths_booth_add": "302 302 200 200 403 403 403 403 200",
    "booths_booth_cancel": "302 302 404 200 404 404 403 404 200",
    "booths_booth_change": "302 302 302 200 403 403 200 403 200",
    "booths_booth_changelist": "302 302 200 200 403 403 200 403 200",
    "booths_booth_delete": "302 302 403 403 403 403 403 403 200",
    "booths_booth_history": "302 302 302 200 302 302 200 302 200",
    "booths_booth_logo": "302 302 404 404 404 404 404 404 404",
    "booths_booth_move": "302 302 405 405 405 405 405 405 405",
    "booths_booth_plan": "302 302 200 200 403 403 403 403 200",
    "booths_booth_signs": "302 302 302 202 403 403 403 403 202",
    "booths_booth_step": "302 302 405 405 405 405 405 405 405",
    "booths_booth_tell": "302 302 200 200 403 403 403 403 200",
    "booths_boothapplication_add": "302 302 403 403 403 403 403 403 403",
    "booths_boothapplication_cancel": "302 302 404 302 404 404 404 403 302",
    "booths_boothapplication_change": "302 302 302 200 403 403 403 200 200",
    "booths_boothapplication_changelist": "302 302 200 200 403 403 403 200 200",
    "booths_boothapplication_conflict": "302 302 405 405 405 405 405 405 405",
    "booths_boothapplication_decide": "302 302 405 405 405 405 405 405 405",
    "booths_boothapplication_delete": "302 302 403 403 403 403 403 403 403",
    "booths_boothapplication_export": "302 302 404 200 403 403 403 200 200",
    "booths_boothapplication_file": "302 302 404 404 404 404 404 404 404",
    "booths_boothapplication_history": "302 302 302 200 302 302 302 403 200",
    "booths_boothapplication_letter": "302 302 405 405 405 405 405 405 405",
    "booths_boothapplication_review": "302 302 405 405 405 405 405 405 405",
    "booths_boothapplication_take_back": "302 302 405 405 405 405 405 405 405",
    "booths_boothchange_add": "302 302 403 403 403 403 403 403 403",
    "booths_boothchange_answer": "302 302 404 200 404 404 404 404 200",
    "booths_boothchange_change": "302 302 302 200 403 403 403 403 200",
    "booths_boothchange_changelist": "302 302 200 200 403 403 403 403 200",
    "booths_boothchange_delete": "302 302 403 403 403 403 403 403 403",
    "booths_boothchange_history": "302 302 302 200 302 302 302 302 200",
    "booths_boothplace_add": "302 302 200 200 403 403 403 403 200",
    "booths_boothplace_change": "302 302 302 200 403 403 403 403 200",
    "booths_boothplace_changelist": "302 302 200 200 403 403 403 403 200",
    "booths_boothplace_delete": "302 302 302 403 403 403 403 403 403",
    "booths_boothplace_history": "302 302 302 200 302 302 302 302 200",
    "booths_exhibition_add": "302 302 200 200 403 403 403 403 200",
    "booths_exhibition_change": "302 302 302 200 403 403 200 403 200",
    "booths_exhibition_changelist": "302 302 200 200 403 403 200 403 200",
    "booths_exhibition_delete": "302 302 403 403 403 403 403 403 200",
    "booths_exhibition_history": "302 302 302 200 302 302 200 302 200",
    "booths_hall_add": "302 302 200 200 403 403 403 403 200",
    "booths_hall_change": "302 302 302 200 403 403 200 403 200",
    "booths_hall_changelist": "302 302 200 200 403 403 200 403 200",
    "booths_hall_delete": "302 302 302 200 403 403 403 403 200",
    "booths_hall_history": "302 302 302 200 302 302 200 302 200",
    "booths_hall_places": "302 302 404 200 404 404 403 404 200",
    "events_call_add": "302 302 200 200 403 403 403 403 200",
    "events_call_change": "302 302 302 200 403 403 403 403 200",
    "events_call_changelist": "302 302 200 200 403 403 403 403 200",
    "events_call_delete": "302 302 302 403 403 403 403 403 403",
    "events_call_figures": "302 302 404 200 403 403 403 403 200",
    "events_call_history": "302 302 302 200 302 302 302 302 200",
    "events_call_letters": "302 302 404 200 403 403 403 403 200",
    "events_call_preview": "302 302 404 200 403 403 403 403 200",
    "events_call_reserve": "302 302 404 200 403 403 403 403 200",
    "events_call_reviewers": "302 302 404 200 403 403 403 403 200",
    "events_document_add": "302 302 403 403 403 403 403 403 403",
    "events_document_change": "302 302 302 200 403 403 403 403 200",
    "events_document_changelist": "302 302 200 200 403 403 403 403 200",
    "events_document_delete": "302 302 403 403 403 403 403 403 403",
    "events_document_download": "302 302 404 302 404 404 404 404 302",
    "events_document_history": "302 302 302 200 302 302 302 302 200",
    "events_event_add": "302 302 403 403 403 403 403 403 200",
    "events_event_change": "302 302 302 200 200 200 200 200 200",
    "events_event_changelist": "302 302 200 200 200 200 200 200 200",
    "events_event_delete": "302 302 403 403 403 403 403 403 200",
    "events_event_history": "302 302 302 200 200 200 200 200 200",
    "events_logentry_add": "302 302 403 403 403 403 403 403 403",
    "events_logentry_change": "302 302 302 200 403 403 403 403 200",
    "events_logentry_changelist": "302 302 200 200 403 403 403 403 200",
    "events_logentry_delete": "302 302 403 403 403 403 403 403 403",
    "events_logentry_history": "302 302 302 200 302 302 302 302 200",
    "events_mail_add": "302 302 403 403 403 403 403 403 403",
    "events_mail_change": "302 302 302 200 403 403 403 403 200",
    "events_mail_changelist": "302 302 200 200 403 403 403 403 200",
    "events_mail_delete": "302 302 403 403 403 403 403 403 403",
    "events_mail_history": "302 302 302 200 302 302 302 302 200",
    "events_mail_html": "302 302 404 200 404 404 404 404 200",
    "events_mail_send_again": "302 302 405 405 405 405 405 405 405",
    "events_mailing_add": "302 302 403 403 403 403 403 403 403",
    "events_mailing_change": "302 302 302 200 403 403 403 403 200",
    "events_mailing_changelist": "302 302 200 200 403 403 403 403 200",
    "events_mailing_delete": "302 302 403 200 403 403 403 403 200",
    "events_mailing_history": "302 302 302 200 302 302 302 302 200",
    "events_mailing_send": "302 302 404 200 404 404 404 404 200",
    "events_mailing_try": "302 302 405 405 405 405 405 405 405",
    "events_membership_add": "302 302 403 403 403 403 403 403 200",
    "events_membership_change": "302 302 403 403 403 403 403 403 200",
    "events_membership_changelist": "302 302 403 403 403 403 403 403 200",
    "events_membership_delete": "302 302 403 403 403 403 403 403 200",
    "events_membership_history": "302 302 403 403 403 403 403 403 200",
    "events_newsitem_add": "302 302 200 200 403 403 403 403 200",
    "events_newsitem_change": "302 302 302 200 403 403 200 403 200",
    "events_newsitem_changelist": "302 302 200 200 403 403 200 403 200",
    "events_newsitem_delete": "302 302 302 200 403 403 403 403 200",
    "events_newsitem_history": "302 302 302 200 302 302 200 302 200",
    "events_organisationtype_add": "302 302 200 200 403 403 403 403 200",
    "events_organisationtype_change": "302 302 302 200 403 403 200 403 200",
    "events_organisationtype_changelist": "302 302 200 200 403 403 200 403 200",
    "events_organisationtype_delete": "302 302 302 200 403 403 403 403 200",
    "events_organisationtype_history": "302 302 302 200 302 302 200 302 200",
    "events_page_add": "302 302 200 200 403 403 403 403 200",
    "events_page_change": "302 302 302 200 403 403 200 403 200",
    "events_page_changelist": "302 302 200 200 403 403 200 403 200",
    "events_page_delete": "302 302 302 200 403 403 403 403 200",
    "events_page_history": "302 302 302 200 302 302 200 302 200",
    "events_pool_add": "302 302 200 200 403 403 403 403 200",
    "events_pool_change": "302 302 302 200 403 403 403 403 200",
    "events_pool_changelist": "302 302 200 200 403 403 403 403 200",
    "events_pool_delete": "302 302 403 403 403 403 403 403 200",
    "events_pool_history": "302 302 302 200 302 302 302 302 200",
    "events_question_add": "302 302 200 200 403 403 403 403 200",
    "events_question_change": "302 302 302 200 403 403 200 403 200",
    "events_question_changelist": "302 302 200 200 403 403 200 403 200",
    "events_question_delete": "302 302 302 200 403 403 403 403 200",
    "events_question_history": "302 302 302 200 302 302 200 302 200",
    "events_role_add": "302 302 200 200 403 403 403 403 200",
    "events_role_change": "302 302 302 200 403 403 200 403 200",
    "events_role_changelist": "302 302 200 200 403 403 200 403 200",
    "events_role_delete": "302 302 302 200 403 403 403 403 200",
    "events_role_history": "302 302 302 200 302 302 200 302 200",
    "events_theme_add": "302 302 200 200 403 403 403 403 200",
    "events_theme_change": "302 302 302 200 403 403 200 200 200",
    "events_theme_changelist": "302 302 200 200 403 403 200 200 200",
    "events_theme_delete": "302 302 302 200 403 403 403 403 200",
    "events_theme_history": "302 302 302 200 302 302 200 200 200",
    "events_user_add": "302 302 403 403 403 403 403 403 200",
    "events_user_change": "302 302 403 403 403 403 403 403 200",
    "events_user_changelist": "302 302 403 403 403 403 403 403 200",
    "events_user_delete": "302 302 403 403 403 403 403 403 200",
    "events_user_history": "302 302 403 403 403 403 403 403 200",
    "index": "302 302 200 200 200 200 200 200 200",
    "jsi18n": "302 302 200 200 200 200 200 200 200",
    "login": "302 403 302 302 302 302 302 302 302",
    "logout": "302 302 405 405 405 405 405 405 405",
    "programme_application_add": "302 302 403 403 403 403 403 403 403",
    "programme_application_cancel": "302 302 404 302 404 404 404 403 302",
    "programme_application_change": "302 302 302 200 403 403 403 200 200",
    "programme_application_changelist": "302 302 200 200 403 403 403 200 200",
    "programme_application_conflict": "302 302 405 405 405 405 405 405 405",
    "programme_application_decide": "302 302 405 405 405 405 405 405 405",
    "programme_application_delete": "302 302 403 403 403 403 403 403 403",
    "programme_application_export": "302 302 404 200 403 403 403 200 200",
    "programme_application_file": "302 302 404 404 404 404 404 404 404",
    "programme_application_history": "302 302 302 200 302 302 302 403 200",
    "programme_application_letter": "302 302 405 405 405 405 405 405 405",
    "programme_application_review": "302 302 405 405 405 405 405 405 405",
    "programme_application_take_back": "302 302 405 405 405 405 405 405 405",
    "programme_format_add": "302 302 200 200 403 403 403 403 200",
    "programme_format_change": "302 302 302 200 403 403 403 403 200",
    "programme_format_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_format_delete": "302 302 302 200 403 403 403 403 200",
    "programme_format_history": "302 302 302 200 302 302 302 302 200",
    "programme_livepage_add": "302 302 200 200 403 403 403 403 200",
    "programme_livepage_change": "302 302 302 200 403 403 403 403 200",
    "programme_livepage_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_livepage_delete": "302 302 403 403 403 403 403 403 200",
    "programme_livepage_export": "302 302 404 200 404 404 404 404 200",
    "programme_livepage_figures": "302 302 404 200 404 404 404 404 200",
    "programme_livepage_history": "302 302 302 200 302 302 302 302 200",
    "programme_livequestion_add": "302 302 403 403 403 403 403 403 200",
    "programme_livequestion_change": "302 302 302 200 403 403 403 403 200",
    "programme_livequestion_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_livequestion_delete": "302 302 403 403 403 403 403 403 200",
    "programme_livequestion_history": "302 302 302 200 302 302 302 302 200",
    "programme_proposal_add": "302 302 403 403 403 403 403 403 403",
    "programme_proposal_cancel": "302 302 404 302 404 404 404 403 302",
    "programme_proposal_change": "302 302 302 200 403 403 403 200 200",
    "programme_proposal_changelist": "302 302 200 200 403 403 403 200 200",
    "programme_proposal_conflict": "302 302 405 405 405 405 405 405 405",
    "programme_proposal_decide": "302 302 405 405 405 405 405 405 405",
    "programme_proposal_delete": "302 302 403 403 403 403 403 403 403",
    "programme_proposal_export": "302 302 404 200 403 403 403 200 200",
    "programme_proposal_file": "302 302 404 404 404 404 404 404 404",
    "programme_proposal_history": "302 302 302 200 302 302 302 403 200",
    "programme_proposal_letter": "302 302 405 405 405 405 405 405 405",
    "programme_proposal_merge": "302 302 404 200 404 404 404 403 200",
    "programme_proposal_review": "302 302 405 405 405 405 405 405 405",
    "programme_proposal_session": "302 302 405 405 405 405 405 405 405",
    "programme_proposal_take_back": "302 302 405 405 405 405 405 405 405",
    "programme_release_add": "302 302 403 403 403 403 403 403 403",
    "programme_release_change": "302 302 302 200 403 403 403 403 200",
    "programme_release_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_release_delete": "302 302 403 403 403 403 403 403 403",
    "programme_release_history": "302 302 302 200 302 302 302 302 200",
    "programme_release_notices": "302 302 404 200 404 404 404 404 200",
    "programme_release_one": "302 302 404 200 404 404 404 404 200",
    "programme_release_places": "302 302 404 200 404 404 404 404 200",
    "programme_release_publish": "302 302 200 200 403 403 403 403 200",
    "programme_room_add": "302 302 200 200 403 403 403 403 200",
    "programme_room_change": "302 302 302 200 403 403 200 403 200",
    "programme_room_changelist": "302 302 200 200 403 403 200 403 200",
    "programme_room_delete": "302 302 302 200 403 403 403 403 200",
    "programme_room_history": "302 302 302 200 302 302 200 302 200",
    "programme_session_add": "302 302 200 200 403 403 403 403 200",
    "programme_session_cancel": "302 302 404 200 404 404 403 404 200",
    "programme_session_change": "302 302 302 200 403 403 200 403 200",
    "programme_session_changelist": "302 302 200 200 403 403 200 403 200",
    "programme_session_delete": "302 302 302 200 403 403 403 403 200",
    "programme_session_history": "302 302 302 200 302 302 200 302 200",
    "programme_session_material": "302 302 404 404 404 404 404 404 404",
    "programme_session_move": "302 302 405 405 405 405 405 405 405",
    "programme_session_reviewed": "302 302 405 405 405 405 405 405 405",
    "programme_session_feedback": "302 302 200 200 403 403 403 403 200",
    "programme_session_feedback_file": "302 302 200 200 403 403 403 403 200",
    "programme_session_feedback_of_one": "302 302 404 200 404 404 403 404 200",
    "programme_session_schedule": "302 302 200 200 403 403 403 403 200",
    "programme_session_table": "302 302 200 200 403 403 200 403 200",
    "programme_session_translations": "302 302 200 200 403 403 200 403 200",
    "programme_speaker_add": "302 302 200 200 403 403 403 403 200",
    "programme_speaker_change": "302 302 302 200 403 403 403 403 200",
    "programme_speaker_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_speaker_delete": "302 302 403 403 403 403 403 403 200",
    "programme_speaker_history": "302 302 302 200 302 302 302 302 200",
    "programme_speaker_picture": "302 302 404 404 404 404 404 404 404",
    "programme_stream_add": "302 302 200 200 403 403 403 403 200",
    "programme_stream_change": "302 302 302 200 403 403 403 403 200",
    "programme_stream_changelist": "302 302 200 200 403 403 403 403 200",
    "programme_stream_delete": "302 302 302 200 403 403 403 403 200",
    "programme_stream_history": "302 302 302 200 302 302 302 302 200",
    "registration_checkinlist_add": "302 302 200 200 403 403 403 403 200",
    "registration_checkinlist_board": "302 302 200 200 200 403 403 403 200",
    "registration_checkinlist_change": "302 302 302 200 200 403 403 403 200",
    "registration_checkinlist_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_checkinlist_delete": "302 302 302 302 403 403 403 403 302",
    "registration_checkinlist_history": "302 302 302 200 200 302 302 302 200",
    "registration_checkinlist_people": "302 302 404 200 200 404 404 404 200",
    "registration_claim_add": "302 302 200 200 403 403 403 403 200",
    "registration_claim_change": "302 302 302 200 403 403 403 403 200",
    "registration_claim_changelist": "302 302 200 200 403 403 403 403 200",
    "registration_claim_delete": "302 302 403 403 403 403 403 403 403",
    "registration_claim_history": "302 302 302 200 302 302 302 302 200",
    "registration_claim_revoke": "302 302 404 200 404 404 404 404 200",
    "registration_conflict_add": "302 302 403 403 403 403 403 403 403",
    "registration_conflict_change": "302 302 302 200 200 403 403 403 200",
    "registration_conflict_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_conflict_close": "302 302 404 200 200 404 404 404 200",
    "registration_conflict_delete": "302 302 403 403 403 403 403 403 403",
    "registration_conflict_history": "302 302 302 200 200 302 302 302 200",
    "registration_device_add": "302 302 302 200 200 403 403 403 200",
    "registration_device_change": "302 302 302 200 200 403 403 403 200",
    "registration_device_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_device_delete": "302 302 403 403 403 403 403 403 403",
    "registration_device_history": "302 302 302 200 200 302 302 302 200",
    "registration_device_pair": "302 302 404 200 200 404 404 404 200",
    "registration_device_revoke": "302 302 404 200 200 404 404 404 200",
    "registration_gate_add": "302 302 200 200 403 403 403 403 200",
    "registration_gate_change": "302 302 302 200 200 403 403 403 200",
    "registration_gate_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_gate_delete": "302 302 302 302 403 403 403 403 302",
    "registration_gate_history": "302 302 302 200 200 302 302 302 200",
    "registration_letterrange_add": "302 302 403 403 403 403 403 403 403",
    "registration_letterrange_change": "302 302 302 200 200 403 403 403 200",
    "registration_letterrange_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_letterrange_delete": "302 302 403 403 403 403 403 403 403",
    "registration_letterrange_download": "302 302 404 404 404 404 404 404 404",
    "registration_letterrange_fix": "302 302 405 405 405 405 405 405 405",
    "registration_letterrange_history": "302 302 302 200 200 302 302 302 200",
    "registration_letterrange_papers": "302 302 200 200 200 403 403 403 200",
    "registration_needs_add": "302 302 403 403 403 403 403 403 403",
    "registration_needs_change": "302 302 302 302 302 302 403 403 302",
    "registration_needs_changelist": "302 302 200 200 200 200 403 403 200",
    "registration_needs_delete": "302 302 403 403 403 403 403 403 403",
    "registration_needs_history": "302 302 302 302 302 302 302 302 302",
    "registration_registration_add": "302 302 200 200 403 403 403 403 200",
    "registration_registration_address": "302 302 404 200 403 404 404 404 200",
    "registration_registration_answers": "302 302 404 200 403 404 404 404 200",
    "registration_registration_badges": "302 302 405 405 405 405 405 405 405",
    "registration_registration_cancel": "302 302 404 200 403 404 404 404 200",
    "registration_registration_change": "302 302 302 200 200 403 403 403 200",
    "registration_registration_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_registration_delete": "302 302 403 403 403 403 403 403 403",
    "registration_registration_export": "302 302 200 200 403 403 403 403 200",
    "registration_registration_history": "302 302 302 200 200 302 302 302 200",
    "registration_registration_offer": "302 302 404 200 403 404 404 404 200",
    "registration_registration_on_site": "302 302 404 200 403 404 404 404 200",
    "registration_registration_remote": "302 302 404 200 403 404 404 404 200",
    "registration_registration_resend": "302 302 404 200 403 404 404 404 200",
    "registration_registration_write": "302 302 405 405 405 405 405 405 405",
    "registration_scan_add": "302 302 403 403 403 403 403 403 403",
    "registration_scan_change": "302 302 302 200 200 403 403 403 200",
    "registration_scan_changelist": "302 302 200 200 200 403 403 403 200",
    "registration_scan_delete": "302 302 403 403 403 403 403 403 403",
    "registration_scan_history": "302 302 404 404 404 404 404 404 404",
    "view_on_site": "302 302 404 404 404 404 404 404 404",
    "webinars_feedback_add": "302 302 403 403 403 403 403 403 403",
    "webinars_feedback_change": "302 302 302 200 403 403 403 403 200",
    "webinars_feedback_changelist": "302 302 200 200 403 403 403 403 200",
    "webinars_feedback_delete": "302 302 403 403 403 403 403 403 403",
    "webinars_feedback_history": "302 302 302 200 302 302 302 302 200",
    "webinars_series_add": "302 302 200 200 403 403 403 403 200",
    "webinars_series_change": "302 302 302 200 403 403 200 403 200",
    "webinars_series_changelist": "302 302 200 200 403 403 200 403 200",
    "webinars_series_delete": "302 302 302 200 403 403 403 403 200",
    "webinars_series_history": "302 302 302 200 302 302 200 302 200",
    "webinars_signup_add": "302 302 403 403 403 403 403 403 403",
    "webinars_signup_address": "302 302 404 200 404 404 404 404 200",
    "webinars_signup_change": "302 302 302 200 403 403 403 403 200",
    "webinars_signup_changelist": "302 302 200 200 403 403 403 403 200",
    "webinars_signup_delete": "302 302 403 403 403 403 403 403 403",
    "webinars_signup_export": "302 302 200 200 403 403 403 403 200",
    "webinars_signup_history": "302 302 302 200 302 302 302 302 200",
    "webinars_webinar_add": "302 302 200 200 403 403 403 403 200",
    "webinars_webinar_cancel": "302 302 404 200 404 404 403 404 200",
    "webinars_webinar_change": "302 302 302 200 403 403 200 403 200",
    "webinars_webinar_changelist": "302 302 200 200 403 403 200 403 200",
    "webinars_webinar_copy": "302 302 404 200 404 404 403 404 200",
    "webinars_webinar_delete": "302 302 302 403 403 403 403 403 403",
    "webinars_webinar_file": "302 302 404 200 404 404 403 404 200",
    "webinars_webinar_history": "302 302 302 200 302 302 200 302 200",
    "webinars_webinar_move": "302 302 404 200 404 404 403 404 200",
    "webinars_webinar_places": "302 302 404 200 404 404 403 404 200",
    "webinars_webinar_thank": "302 302 404 200 404 404 403 404 200",
}


def names() -> list[str]:
    """Every named page of the admin."""

    def walk(patterns: Any) -> Any:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield pattern.name

    return sorted(set(walk(admin.site.urls[0])))


@pytest.fixture
def rows():
    """A row of every table, of one event; and the cast, one of whom belongs to another event."""
    event, other = make_event(), make_event(slug="2020", is_current=False)
    registration = register(event)
    register(event, dietary="Kasvisruoka", attendance="on_site")
    claim = reserve(event, event.roles.first(), list(event.days.all()), by=None)
    organiser = make_member(event, Role.ORGANISER)
    theme = Theme.objects.create(event=event, slug="work", name_fi="Työ", name_sv="Arbete")
    news = NewsItem.objects.create(
        event=event, title_fi="Uutinen", title_sv="Nyhet", published_at=at("2024-10-01 09:00")
    )
    question = event.questions.create(key="why", label_fi="Miksi?", label_sv="Varför?")
    mailing = begin_mailing(event, [registration.pk], by=organiser, chosen_by="")
    device = make_device(event)[0]
    take(device, batch(item(device, qr.new_code())))  # a scan, and a conflict: nobody knows the code
    call = make_call(event)
    proposal = make_proposal(call)
    application = make_application(make_call(event, "application"))
    release = Release.objects.create(event=event, number=1, released_at=at("2024-10-01 09:00"), released_by=organiser)
    session = make_session(event, room=make_room(event), speakers=[make_speaker(event)])
    live_page = LivePage.objects.create(event=event, hosts=["player.example"])
    stream = Stream.objects.create(event=event, room=session.room, url="https://player.example/hall")
    asked = {"session": session, "registration": registration, "asked_at": at("2024-11-14 10:00")}
    live_question = LiveQuestion.objects.create(event=event, text="Miksi?", **asked)
    place = make_place(make_hall(event))
    booth = make_booth(event, place)
    change = BoothChange.objects.create(booth=booth, texts={"title_fi": "Uusi"}, asked_at=at("2024-10-01 09:00"))
    sign_up = sign_up_one(make_webinar(event, series=make_series(event)))
    given = Feedback.objects.create(webinar=sign_up.webinar, usefulness=5, given_at=clock.now())
    pks = {
        "livepage": live_page.pk, "stream": stream.pk, "livequestion": live_question.pk,
        "booth": booth.pk, "boothplace": place.pk, "hall": place.hall_id, "boothchange": change.pk,
        "exhibition": make_exhibition(event).pk,
        "boothapplication": make_booth_application(make_call(event, "booths")).pk,
        "series": sign_up.webinar.series_id, "webinar": sign_up.webinar_id, "signup": sign_up.pk, "feedback": given.pk,
        "session": session.pk, "room": session.room_id, "speaker": session.speakers.get().pk,
        "release": release.pk, "call": call.pk,
        "proposal": proposal.pk, "application": application.pk, "format": proposal.format_id,
        "checkinlist": device.check_in_list.pk, "gate": device.gate.pk, "device": device.pk,
        "conflict": Conflict.objects.get().pk, "scan": Scan.objects.get().pk,
        "event": event.pk, "page": event.pages.first().pk, "newsitem": news.pk, "theme": theme.pk,
        "organisationtype": event.organisation_types.first().pk, "role": event.roles.get(slug="speaker").pk,
        "question": question.pk, "pool": event.pools.first().pk, "mail": Mail.objects.first().pk,
        "document": Document.objects.first().pk, "logentry": LogEntry.objects.first().pk, "mailing": mailing.pk,
        "registration": registration.pk, "claim": claim.pk, "needs": registration.pk,
        "letterrange": fix_letters(event.pk, ["A"], by=None)[0].pk,
        "user": organiser.pk, "membership": Membership.objects.first().pk,
    }  # fmt: skip
    people = {
        "participant": make_user("maija@kunta.example"),
        "other_organiser": make_member(other, Role.ORGANISER),
        "organiser": organiser,
        "superuser": make_user("root@ely.example", is_staff=True, is_superuser=True),
        **{
            str(role): make_member(event, role)
            for role in (Role.DOOR_LEAD, Role.NEEDS_READER, Role.TRANSLATOR, Role.REVIEWER)
        },
    }
    return pks, people


def address(name: str, pks: dict[str, Any]) -> str:
    model = name.split("_")[1] if "_" in name else ""
    pk = pks.get(model)
    for kwargs in (
        {}, {"object_id": str(pk)}, {"pk": pk}, {"kind": "csv"}, {"layout": "one"}, {"app_label": "events"},
        {"content_type_id": 1, "object_id": 1}, {"url": "x"}, {"pk": pk, "name": "picture"},
        {"pk": pk, "kind": "csv"},
        {"session_pk": pks["session"]},
    ):  # fmt: skip
        try:
            return reverse(f"admin:{name}", kwargs=kwargs)
        except NoReverseMatch:
            continue
    raise AssertionError(f"No address for {name}")


def test_every_page_of_the_admin_is_in_the_table():
    assert names() == sorted(TABLE)


def test_every_page_opens_for_the_roles_of_the_table_and_for_nobody_else(rows):
    pks, people = rows
    clients = {who: enter(Client(), people[who]) if who in people else Client() for who in CAST}
    found = {}
    for name in names():
        statuses = [clients[who].get(address(name, pks)).status_code for who in CAST]
        found[name] = " ".join(map(str, statuses))

    assert found == TABLE


def test_the_table_of_permissions_names_tables_and_actions_that_exist():
    for table in access.PERMISSIONS.values():
        for label, actions in table.items():
            assert apps.get_model(label)._meta.label_lower == label
            assert actions <= {"view", "add", "change", "delete"}


def test_every_role_has_a_line_in_the_table():
    assert sorted(access.PERMISSIONS) == sorted(Role.values)


def test_rights_are_of_one_event_and_end_with_the_account():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    organiser = make_member(event, Role.ORGANISER)
    assert access.event_ids(organiser, "change", model=Registration) == {event.pk}
    assert access.may(organiser, "change", Registration, event.pk)
    assert not access.may(organiser, "change", Registration, other.pk)
    inactive = User.objects.get(pk=organiser.pk)
    inactive.is_active = False
    assert access.event_ids(inactive, "change", model=Registration) == set()


def test_a_role_in_one_event_does_not_lend_rights_in_another():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    both = make_member(event, Role.ORGANISER)
    Membership.objects.create(user=both, event=other, role=Role.TRANSLATOR)
    assert access.event_ids(both, "view", model=Theme) == {event.pk, other.pk}
    assert access.event_ids(both, "delete", model=Theme) == {event.pk}
    assert not access.may(both, "view", Registration, other.pk)
