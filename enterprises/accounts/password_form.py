"""Apart from the other forms, because allauth's own build on those."""

from __future__ import annotations

from allauth.account.forms import LoginForm


class PasswordLoginForm(LoginForm):
    def _setup_password_field(self) -> None:
        """Keep it, though nobody has to choose one when signing up."""
        self.fields["password"].help_text = ""
