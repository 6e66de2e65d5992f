"""Facts read in CVR. They are dated and never typed by an enterprise or its editors."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from enterprises.models import Enterprise


def record_rsv(enterprise: Enterprise, *, registered: bool, read_on: date) -> None:
    """Note what CVR says about registration under lov nr. 711 af 25/06/2014 (RSV), and when it said so.

    That it says the same as before is no change to the working copy.
    """
    new = {"rsv_registered": registered, "rsv_read_on": read_on}
    if registered != enterprise.rsv_registered:
        new["updated_at"] = timezone.now()
    Enterprise.objects.filter(pk=enterprise.pk).update(**new)
    enterprise.rsv_registered, enterprise.rsv_read_on = registered, read_on
