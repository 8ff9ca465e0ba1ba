"""What those who speak along have said, in words."""

from django import template
from django.utils.translation import gettext as _

from programme.models import CoPresenter

register = template.Library()


@register.simple_tag
def co_presenter_standing(row: CoPresenter) -> str:
    """What a co-presenter has said."""
    if row.status == CoPresenter.Status.INVITED:
        if row.answered_at:
            return _("The invitation has reached the wrong person: correct the address.")
        return _("Asked, has not answered yet") if row.invited_at else _("Is asked when you send the proposal in")
    return _("Comes along") if row.status == CoPresenter.Status.ACCEPTED else _("Does not come")
