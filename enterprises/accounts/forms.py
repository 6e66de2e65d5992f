from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enterprises import mailable
from enterprises.models import User

CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class NameForm(forms.Form):
    """Asked of those who sign up, besides what allauth asks."""

    name = forms.CharField(
        label=_("Dit navn"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class NewEmailForm(forms.Form):
    email = forms.EmailField(
        label=_("Ny mailadresse"),
        max_length=254,
        validators=[mailable.validate],
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.present:
            raise forms.ValidationError(_("Det er den adresse, du har nu."))
        return email


class TwoCodesForm(forms.Form):
    old_code = forms.CharField(max_length=20, widget=forms.TextInput(CODE))
    new_code = forms.CharField(max_length=20, widget=forms.TextInput(CODE))

    def __init__(self, *args: Any, old: str, new: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_code"].label = _("Koden sendt til %(email)s") % {"email": old}
        self.fields["new_code"].label = _("Koden sendt til %(email)s") % {"email": new}


class DeletionForm(forms.Form):
    email = forms.CharField(
        label=_("Skriv din mailadresse for at slette kontoen"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_email(self) -> str:
        if str(self.cleaned_data["email"]).strip().lower() != self.present:
            raise forms.ValidationError(_("Det er ikke kontoens mailadresse."))
        return self.present
