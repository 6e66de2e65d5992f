"""The people behind the working copies."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractUser):
    """Somebody with an account. The e-mail address is the name they log in by."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("navn"), max_length=120, blank=True)
    email = models.EmailField(_("mailadresse"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")
        permissions = (("give_roles", _("Kan gøre andre til medarbejdere og give dem roller")),)
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_its_case"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class ErrorReport(models.Model):
    """A reader's word that something on a profile is wrong."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="error_reports", verbose_name=_("virksomhed")
    )
    message = models.TextField(_("hvad er forkert?"), max_length=2000)
    email = models.EmailField(_("afsenderens mailadresse"), blank=True)
    created_at = models.DateTimeField(_("modtaget"), auto_now_add=True, db_index=True)
    handled_at = models.DateTimeField(_("behandlet"), null=True, blank=True)
    handled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("behandlet af")
    )

    class Meta:
        verbose_name = _("fejlmelding")
        verbose_name_plural = _("fejlmeldinger")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=("created_at",), name="error_report_open", condition=models.Q(handled_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.message[:60]}"
