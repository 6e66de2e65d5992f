"""Buyers' shortlists: who may do what with one, and each small thing that can be done.

Every change locks the list's row, and looks there whether the right to it still holds: two who change at
once do so one after the other, and after a link is closed nothing comes in by it. Each change may be sent
twice and does the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.choices import Right
from enterprises.models import Enterprise, Shortlist, ShortlistItem, ShortlistLink
from enterprises.models.shortlist import LONGEST_NAME, LONGEST_NOTE

MOST, MOST_LINKS = 100, 20
# What a key begins with; a link's token never does.
KEY = "k."


class ShortlistError(Exception):
    """The message is a sentence for the person who asked."""


class NotAllowedError(ShortlistError):
    pass


class RevokedError(Exception):
    """The link was closed."""


class NoteConflictError(Exception):
    """Somebody else has written since. Nothing is overwritten: `item` has theirs, `mine` is not lost."""

    def __init__(self, item: ShortlistItem | None, mine: str) -> None:
        super().__init__()
        self.item, self.mine = item, mine


@dataclass(frozen=True)
class Access:
    """A list, and what the secret that opened it lets one do."""

    shortlist: Shortlist
    secret: str
    # None for the key's holder, who may do everything.
    link: ShortlistLink | None = None

    @property
    def owns(self) -> bool:
        return self.link is None

    @property
    def edits(self) -> bool:
        return self.link is None or self.link.right == Right.EDIT

    @property
    def ends_on(self) -> date:
        """The day it goes unless somebody uses it before."""
        return self.shortlist.used_on + timedelta(days=settings.SHORTLIST_DAYS + 1)

    @property
    def ends_soon(self) -> bool:
        return self.ends_on <= timezone.localdate() + timedelta(days=settings.NOTICE_DAYS)


# -- opening --------------------------------------------------------------------------------------


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def opened(secret: str) -> Access | None:
    """What the secret opens. One query."""
    found = _found([secret])
    return found[0] if found else None


def all_opened(wanted: Sequence[str]) -> list[Access]:
    """Those of the secrets that still open something, in their order. At most two queries."""
    return [access for access in _found(wanted, closed_too=False) if access.edits]


def _found(wanted: Sequence[str], *, closed_too: bool = True) -> list[Access]:
    digests = {_digest(secret): secret for secret in wanted}
    keys = [digest for digest, secret in digests.items() if secret.startswith(KEY)]
    tokens = [digest for digest, secret in digests.items() if not secret.startswith(KEY)]
    found = {}
    if keys:
        for shortlist in Shortlist.objects.filter(digest__in=keys):
            found[shortlist.digest] = Access(shortlist, digests[shortlist.digest])
    if tokens:
        for link in ShortlistLink.objects.select_related("shortlist").filter(digest__in=tokens):
            if link.revoked_at is None:
                found[link.digest] = Access(link.shortlist, digests[link.digest], link)
            elif closed_too:
                raise RevokedError
    return [found[digest] for digest in digests if digest in found]


def begin(name: str = "") -> Access:
    """A new list, and the key that nobody but its maker's browser will have."""
    key = KEY + secrets.token_urlsafe(24)
    today = timezone.localdate()
    shortlist = Shortlist.objects.create(digest=_digest(key), name=name[:LONGEST_NAME], used_on=today)
    return Access(shortlist, key)


def follow_merge(enterprise: Enterprise, to: Enterprise) -> None:
    """Lists name the one that is left, with what was noted of the other.

    Where both stood, the other stays as a gap. The caller holds both enterprises' rows, so that nobody puts
    either on a list meanwhile.
    """
    with_both = ShortlistItem.objects.filter(enterprise=to).values("shortlist")
    items = ShortlistItem.objects.filter(enterprise=enterprise).exclude(shortlist__in=with_both)
    items.update(enterprise=to)


@transaction.atomic
def begin_with(enterprises: Iterable[int], name: str) -> Access:
    """A new list with those of them that are public, in their order, as many as there is room for."""
    wanted = list(dict.fromkeys(enterprises))
    public = set(Enterprise.objects.filter(pk__in=wanted, current__isnull=False).values_list("pk", flat=True))
    if not public:
        raise ShortlistError(_("Ingen af virksomhederne er i kataloget mere."))
    access = begin(name)
    kept = [enterprise for enterprise in wanted if enterprise in public][:MOST]
    ShortlistItem.objects.bulk_create(
        ShortlistItem(shortlist=access.shortlist, enterprise_id=enterprise, position=position)
        for position, enterprise in enumerate(kept)
    )
    return access


def note_use(access: Access) -> bool:
    """Put its end off, once a day. By whom it was only shown to, it is not."""
    today = timezone.localdate()
    if not access.edits or access.shortlist.used_on >= today:
        return False
    access.shortlist.used_on = today
    return bool(Shortlist.objects.filter(pk=access.shortlist.pk).update(used_on=today))


# -- changing -------------------------------------------------------------------------------------


@contextmanager
def _changing(access: Access, *, as_owner: bool = False) -> Iterator[Shortlist]:
    with transaction.atomic():
        shortlist = Shortlist.objects.select_for_update().filter(pk=access.shortlist.pk).first()
        if shortlist is None:
            raise ShortlistError(_("Listen findes ikke mere."))
        if access.link and not ShortlistLink.objects.filter(pk=access.link.pk, revoked_at=None).exists():
            raise RevokedError
        if not (access.owns if as_owner else access.edits):
            raise NotAllowedError(_("Du kan se listen, men ikke gøre det."))
        Shortlist.objects.filter(pk=shortlist.pk).update(used_on=timezone.localdate())
        yield shortlist


def save(access: Access, enterprise: int) -> None:
    """Put an enterprise at the end of the list."""
    with _changing(access) as shortlist:
        if shortlist.items.filter(enterprise=enterprise).exists():
            return
        if not Enterprise.objects.filter(pk=enterprise, current__isnull=False).exists():
            raise ShortlistError(_("Virksomheden er ikke i kataloget mere."))
        if shortlist.items.count() >= MOST:
            raise ShortlistError(
                _("Der er plads til %(most)s virksomheder på en liste. Fjern en, eller begynd en ny liste.")
                % {"most": MOST}
            )
        last = shortlist.items.aggregate(last=Max("position"))["last"]
        shortlist.items.create(enterprise_id=enterprise, position=0 if last is None else last + 1)


def remove(access: Access, enterprise: int) -> None:
    with _changing(access) as shortlist:
        shortlist.items.filter(enterprise=enterprise).delete()


def move(access: Access, enterprise: int, before: int | None) -> None:
    """Put an enterprise before another, or last. Where either is gone meanwhile, all stay where they are."""
    with _changing(access) as shortlist:
        items = list(shortlist.items.all())
        moved = next((item for item in items if item.enterprise_id == enterprise), None)
        others = [item for item in items if item is not moved]
        places = [item.enterprise_id for item in others]
        if moved is None or (before is not None and before not in places):
            return
        others.insert(len(others) if before is None else places.index(before), moved)
        for position, item in enumerate(others):
            item.position = position
        ShortlistItem.objects.bulk_update(others, ["position"])


def write_note(access: Access, enterprise: int, note: str, seen: int) -> None:
    note = _said(note, LONGEST_NOTE)
    with _changing(access) as shortlist:
        item = shortlist.items.filter(enterprise=enterprise).first()
        if item and item.note == note:
            return
        if item is None or item.note_version != seen:
            raise NoteConflictError(item, note)
        item.note, item.note_version = note, seen + 1
        item.save(update_fields=["note", "note_version"])


def rename(access: Access, name: str) -> None:
    with _changing(access) as shortlist:
        shortlist.name = _said(" ".join(name.split()), LONGEST_NAME)
        shortlist.save(update_fields=["name"])


def _said(text: str, most: int) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()[:most]


def copied(access: Access) -> Access:
    """A list of one's own with the same enterprises, order and notes. Whoever sees a list may copy it."""
    with transaction.atomic():
        name = _("Kopi af %(name)s") % {"name": access.shortlist.name} if access.shortlist.name else ""
        copy = begin(name)
        ShortlistItem.objects.bulk_create(
            ShortlistItem(
                shortlist=copy.shortlist,
                enterprise_id=item.enterprise_id,
                position=item.position,
                note=item.note,
            )
            for item in access.shortlist.items.all()
        )
    return copy


def delete(access: Access) -> None:
    with _changing(access, as_owner=True) as shortlist:
        shortlist.delete()


# -- sharing --------------------------------------------------------------------------------------


def share(access: Access, right: Right) -> ShortlistLink:
    with _changing(access, as_owner=True) as shortlist:
        if shortlist.links.filter(revoked_at=None).count() >= MOST_LINKS:
            raise ShortlistError(_("Der er allerede mange links til listen. Luk et, du ikke bruger mere."))
        link = ShortlistLink(shortlist=shortlist, right=right, salt=secrets.token_hex(16))
        link.digest = _digest(token(access, link))
        link.save()
    return link


def revoke(access: Access, link: int) -> None:
    with _changing(access, as_owner=True) as shortlist:
        shortlist.links.filter(pk=link, revoked_at=None).update(revoked_at=timezone.now())


def token(access: Access, link: ShortlistLink) -> str:
    """The link's token, which only the list's key can make."""
    made_of = hmac.digest(access.secret.encode(), f"{link.right} {link.salt}".encode(), "sha256")
    return base64.urlsafe_b64encode(made_of[:24]).decode()


def links(access: Access) -> list[tuple[ShortlistLink, str]]:
    """The open links with their tokens, for the key's holder alone."""
    if not access.owns:
        return []
    shown: Iterable[ShortlistLink] = access.shortlist.links.filter(revoked_at=None)
    return [(link, token(access, link)) for link in shown]
