"""What the council's people may do at the desk. Each role is a group of Django's; whoever needs more gets
it from another group, or as a single permission, by the hand of a superuser.

The groups of the roles hold what stands here and nothing else, after each migration: what a new version
takes from a role is gone, and nothing stays in it that nobody can read about. Groups of one's own, and
who is in which, are never touched. A model that is not named here belongs to superusers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enterprises.models import User

VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# To make colleagues of people, and to say which role they have.
GIVES_ROLES = "enterprises.give_roles"


@dataclass(frozen=True)
class Role:
    # The group's, in every language: it is a key.
    name: str
    label: Promise
    about: Promise
    more: tuple[str, ...] = ()


CLERK = Role("Sagsbehandler", _("Sagsbehandler"), _("passer kataloget: afgør, retter, udgiver og inviterer"))
CHIEF = Role(
    "Redaktørchef",
    _("Redaktørchef"),
    _("kan det samme og passer også ordlister, regler, tekster og medarbejdere"),
    more=(GIVES_ROLES,),
)
AUDITOR = Role("Revisor", _("Revisor"), _("læser alt og ændrer intet"))
DEVELOPER = Role(
    "Udvikler", _("Udvikler"), _("ser mails uden modtagere, job og søgninger, men ingen personer og sager")
)
ROLES = (CLERK, CHIEF, AUDITOR, DEVELOPER)

# Of each model at the desk, and of the rows on an enterprise's page: what a clerk, an editor-in-chief, an
# auditor and a developer may do (view, add, change, delete). What only the code may write is to view: the
# decisions about proposals, duplicates and CVR are allowed to whoever may change an enterprise.
#
# A developer looks after what runs by itself. A mail shows them its state and its recipient's domain, which
# is what deliveries fail by; a job its name and what became of it. Enterprises hold contact persons and the
# council's notes, cases hold what people wrote to be let in: nothing of it is needed to mend a machine.
PERMISSIONS: dict[str, tuple[str, str, str, str]] = {
    "enterprises.enterprise": ("vacd", "vacd", "v", ""),
    "enterprises.place": ("vacd", "vacd", "v", ""),
    "enterprises.openinghours": ("vacd", "vacd", "v", ""),
    "enterprises.hoursexception": ("vacd", "vacd", "v", ""),
    "enterprises.sectorof": ("vacd", "vacd", "v", ""),
    "enterprises.offer": ("vacd", "vacd", "v", ""),
    "enterprises.opening": ("vacd", "vacd", "v", ""),
    "enterprises.buyerfacts": ("vacd", "vacd", "v", ""),
    "enterprises.evidence": ("vacd", "vacd", "v", ""),
    "enterprises.markof": ("vacd", "vacd", "v", ""),
    "enterprises.link": ("vacd", "vacd", "v", ""),
    "enterprises.publication": ("v", "v", "v", ""),
    "enterprises.withdrawal": ("v", "v", "v", ""),
    "enterprises.proposal": ("v", "v", "v", ""),
    "enterprises.sectionpolicy": ("v", "vc", "v", ""),
    # To change an editorship is to say who edits. Nothing of the three is deleted but with its person or
    # enterprise.
    "enterprises.claim": ("vcd", "vcd", "v", ""),
    "enterprises.editorship": ("vacd", "vacd", "v", ""),
    "enterprises.invitation": ("vcd", "vcd", "v", ""),
    "enterprises.errorreport": ("vc", "vc", "v", ""),
    "enterprises.confirmationrequest": ("v", "v", "v", ""),
    "enterprises.duplicatepair": ("v", "v", "v", ""),
    "enterprises.registerdifference": ("v", "v", "v", ""),
    "enterprises.missedsearch": ("v", "v", "v", "v"),
    # To change an inquiry is to stop it, to change a report of abuse to find nothing to it.
    "enterprises.inquiry": ("vc", "vc", "v", ""),
    "enterprises.inquiryabuse": ("vc", "vc", "v", ""),
    "enterprises.mail": ("vc", "vc", "v", "v"),
    # Words are retired, never deleted: publications name them.
    "enterprises.sector": ("v", "vac", "v", ""),
    "enterprises.mission": ("v", "vac", "v", ""),
    "enterprises.ownership": ("v", "vac", "v", ""),
    "enterprises.legalform": ("v", "vac", "v", ""),
    "enterprises.district": ("v", "vac", "v", ""),
    "enterprises.mark": ("v", "vac", "v", ""),
    "enterprises.termchange": ("v", "v", "v", ""),
    "enterprises.reasontext": ("v", "vacd", "v", ""),
    "enterprises.pagetext": ("v", "vc", "v", ""),
    "enterprises.threshold": ("v", "vacd", "v", ""),
    # What is read in is decided like a proposal; the file may hold names that nobody has let in yet.
    "enterprises.import": ("vac", "vac", "v", ""),
    "enterprises.synonymgroup": ("v", "vacd", "v", "v"),
    # Deleting an account is also what lets one answer a person who asks for their data (admin/personal.py):
    # it hands out all that is kept of anybody, so reading everything is not enough for it.
    "enterprises.user": ("v", "vacd", "v", ""),
    "auth.group": ("", "v", "v", ""),
    "admin.logentry": ("", "v", "v", ""),
    "procrastinate.procrastinatejob": ("", "v", "v", "v"),
}


def keep(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Make the groups hold what stands above. Done again, nothing changes."""
    for label in {name.partition(".")[0] for name in (*PERMISSIONS, GIVES_ROLES)}:
        # Other apps' turn to make theirs may come after ours.
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    for role in ROLES:
        group, _made = Group.objects.using(using).get_or_create(name=role.name)
        group.permissions.set(_named(permissions(role), using))


def permissions(role: Role) -> set[str]:
    """As Django names them: "enterprises.change_claim"."""
    place = ROLES.index(role)
    named = ((name.split("."), may[place]) for name, may in PERMISSIONS.items())
    return {f"{label}.{VERBS[verb]}_{model}" for (label, model), verbs in named for verb in verbs} | {
        *role.more
    }


def _named(names: set[str], using: str) -> QuerySet[Permission]:
    wanted = Q(pk=None)
    for name in names:
        label, _dot, codename = name.partition(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    return Permission.objects.using(using).filter(wanted)


def give(user: User, role: Role) -> None:
    """Make somebody one of the council's people."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(Group.objects.get(name=role.name))


def role_of(group: Group) -> Role | None:
    return next((role for role in ROLES if role.name == group.name), None)


# -- who may give what to whom ----------------------------------------------------------------------


def powers(user: User) -> set[str]:
    """All that somebody's groups and single permissions allow, also while their account is closed."""
    return _names(Permission.objects.filter(Q(user=user) | Q(group__user=user)))


def _names(found: QuerySet[Permission]) -> set[str]:
    named = found.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in named}


def may_touch(by: User, user: User) -> bool:
    """Nobody takes over the account of somebody who may do more than they may themselves."""
    return by.is_superuser or (not user.is_superuser and powers(user) <= by.get_all_permissions())


def may_give_roles(by: User, to: User | None) -> bool:
    """Not to oneself, either: nobody should raise themselves, or lock themselves out by mistake."""
    if by.is_superuser:
        return True
    return by.has_perm(GIVES_ROLES) and to is not None and to.pk != by.pk and may_touch(by, to)


def givable(by: User) -> QuerySet[Group]:
    """Superusers give any group; others the roles, where these allow nothing they may not do themselves."""
    if by.is_superuser:
        return Group.objects.order_by("name")
    own = by.get_all_permissions()
    within = [role.name for role in ROLES if permissions(role) <= own]
    return Group.objects.filter(name__in=within).order_by("pk")
