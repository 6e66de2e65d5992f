"""Apart from the other forms, because allauth's own build on those."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm, SignupForm
from django.utils.translation import gettext_lazy as _

from enterprises import mailable


class _NamedAsElsewhere:
    """Calls the address what the rest of the site calls it, once: no placeholder says it again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
        for name in {"login", "email"} & self.fields.keys():  # type: ignore[attr-defined]
            self.fields[name].label = _("Mailadresse")  # type: ignore[attr-defined]


class CodeLoginForm(_NamedAsElsewhere, RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who has no account is written to as well.
        self.fields["email"].validators.append(mailable.validate)


class PasswordLoginForm(_NamedAsElsewhere, LoginForm):
    def _setup_password_field(self) -> None:
        """Keep it, though nobody has to choose one when signing up."""
        self.fields["password"].help_text = ""


class SignUpForm(_NamedAsElsewhere, SignupForm):
    pass
