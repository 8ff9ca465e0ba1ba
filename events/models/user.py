"""People who log in, and what they may do in which event. Participants need no account."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models.event import Event, Theme
from events.plaintext import LineField


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is kept in small letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who logs in with a code by mail or a passkey; a password is possible but not needed."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """For operation only; organisers get a Membership."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Letter case does not matter."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who has logged in, known by e-mail."""

    email = models.EmailField(_("e-mail"))
    name = LineField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("fi", "suomi"), ("sv", "svenska"), ("en", "English")], default="fi"
    )
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=clock.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("This e-mail is already in use.")
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """A right is a row: this user has this role in this event."""

    class Role(models.TextChoices):
        """What each role may do is told by one table, `events.access.PERMISSIONS`."""

        ORGANISER = "organiser", _("organiser")
        REVIEWER = "reviewer", _("reviewer")
        DOOR_LEAD = "door_lead", _("door lead")
        TRANSLATOR = "translator", _("translator")
        NEEDS_READER = "needs_reader", _("reader of dietary and accessibility needs")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    event = models.ForeignKey(Event, models.CASCADE, related_name="memberships", verbose_name=_("event"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    themes = models.ManyToManyField(Theme, blank=True, verbose_name=_("themes"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "event", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.event}"
