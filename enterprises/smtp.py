"""Django's SMTP, which also tells whether a mail that went wrong may have arrived all the same."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends import smtp


class _Noticing(smtplib.SMTP):
    may_have_sent = False

    def mail(self, sender: str, options: Any = ()) -> tuple[int, bytes]:
        self.may_have_sent = False
        return super().mail(sender, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.may_have_sent = True
        return super().data(msg)


class _NoticingOverTLS(_Noticing, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _NoticingOverTLS if self.use_ssl else _Noticing

    def may_have_sent(self, error: Exception) -> bool:
        """Whether the server may have taken the mail all the same: not if it says that it did not."""
        if isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 600:
            return False
        return isinstance(self.connection, _Noticing) and self.connection.may_have_sent
