"""Who makes whom one of the council's people, and who cannot."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from enterprises import roles
from enterprises.models import User
from tests.builders import a_user, in_role, with_second_step
from tests.client import PolicingClient
from tests.test_admin import filled
from tests.test_roles import NEW_PASSWORD, person_of

pytestmark = pytest.mark.django_db


def change(user: User) -> str:
    return reverse("admin:enterprises_user_change", args=[user.pk])


def test_an_editor_in_chief_makes_a_clerk(chief: Client) -> None:
    add = reverse("admin:enterprises_user_add")
    told = {"email": "ny@example.dk", "name": "Ny", "usable_password": "true", **NEW_PASSWORD}
    chief.post(add, filled(chief.get(add), **told))
    ny = User.objects.get(email="ny@example.dk")
    assert not ny.is_staff
    page = chief.get(change(ny))
    assert "passer kataloget" in page.text
    offered = {group.name for group in page.context["adminform"].form.fields["groups"].queryset}
    assert offered == {role.name for role in roles.ROLES}
    clerks = Group.objects.get(name=roles.CLERK.name)
    chief.post(change(ny), filled(page, is_staff="on", groups=[clerks.pk]))
    ny = User.objects.get(pk=ny.pk)
    assert ny.is_staff and list(ny.groups.all()) == [clerks]
    client = PolicingClient()
    client.force_login(with_second_step(ny))
    assert client.get(reverse("admin:enterprises_enterprise_changelist")).status_code == 200
    assert LogEntry.objects.filter(object_id=str(ny.pk)).count() == 2
    chief.post(change(ny), filled(chief.get(change(ny)), groups=[], is_staff=""))
    ny = User.objects.get(pk=ny.pk)
    assert not ny.groups.exists()


def test_an_editor_in_chief_gives_no_more_than_a_role(chief: Client) -> None:
    ny = a_user("ny@example.dk")
    everything = Group.objects.create(name="Alt")
    everything.permissions.set(Permission.objects.all())
    alone = Permission.objects.get(codename="view_enterprise")
    page = chief.get(change(ny))
    more = {"is_superuser": "on", "user_permissions": [alone.pk], "groups": [everything.pk]}
    asked = filled(page, is_staff="on", **more)
    assert "groups" in chief.post(change(ny), asked).context["adminform"].form.errors
    chief.post(change(ny), asked | {"groups": []})
    ny = User.objects.get(pk=ny.pk)
    assert ny.is_staff and not ny.is_superuser
    assert not ny.user_permissions.exists() and not ny.groups.exists()


def test_groups_one_may_not_give_one_may_not_take(chief: Client) -> None:
    ny = in_role(roles.CLERK)
    own = Group.objects.create(name="Vores egen")
    ny.groups.add(own)
    chief.post(change(ny), filled(chief.get(change(ny)), groups=[]))
    assert list(User.objects.get(pk=ny.pk).groups.all()) == [own]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("by", ["superuser", "group", "permission"])
def test_nobody_touches_the_account_of_who_may_do_more(chief: Client, by: str, closed: bool) -> None:
    boss = a_user("boss@example.dk", is_staff=True, is_superuser=by == "superuser", is_active=not closed)
    if by == "group":
        more = Group.objects.create(name="Mere")
        more.permissions.set(Permission.objects.filter(codename="delete_group"))
        boss.groups.add(more)
    if by == "permission":
        boss.user_permissions.set(Permission.objects.filter(codename="delete_group"))
    before = User.objects.filter(pk=boss.pk).values()[0]
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert chief.get(password).status_code == chief.post(password, NEW_PASSWORD).status_code == 403
    mine = {"email": "mig@example.dk", "name": "Mig", "is_active": "on"}
    assert chief.post(change(boss), mine).status_code == 403
    chief.post(reverse("admin:enterprises_user_delete", args=[boss.pk]), {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": boss.pk, "post": "yes"}
    chief.post(reverse("admin:enterprises_user_changelist"), action)
    assert User.objects.filter(pk=boss.pk).values()[0] == before


def test_nobody_raises_themselves(chief: Client) -> None:
    clara = person_of(chief)
    clerks, chiefs = (Group.objects.get(name=role.name) for role in (roles.CLERK, roles.CHIEF))
    page = chief.get(change(clara))
    chief.post(change(clara), filled(page, groups=[clerks.pk], is_superuser="on", is_staff=""))
    clara = User.objects.get(pk=clara.pk)
    assert list(clara.groups.all()) == [chiefs] and clara.is_staff and not clara.is_superuser


@pytest.mark.parametrize("who", ["curator", "auditor", "developer"])
def test_nobody_else_raises_anybody(who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(who)
    friend = a_user("ven@example.dk")
    group = Group.objects.get(name=roles.CHIEF.name)
    for user in (friend, person_of(client)):
        sent = {"email": user.email, "is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
        assert client.post(change(user), sent).status_code == 403
        assert group not in User.objects.get(pk=user.pk).groups.all()
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"}).status_code == 403


def test_who_may_change_accounts_does_not_give_roles_by_that(client: Client) -> None:
    helper = a_user("hjaelp@example.dk", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(with_second_step(helper))
    friend = a_user("ven@example.dk")
    group = Group.objects.get(name=roles.CLERK.name)
    client.post(change(friend), filled(client.get(change(friend)), is_staff="on", groups=[group.pk]))
    friend = User.objects.get(pk=friend.pk)
    assert not friend.is_staff and not friend.groups.exists()


def test_the_roles_groups_are_not_changed_at_the_desk(clerk: Client) -> None:
    group = Group.objects.get(name=roles.CLERK.name)
    page = reverse("admin:auth_group_change", args=[group.pk])
    assert clerk.get(page).status_code == 200 and clerk.post(page, {"name": "x"}).status_code == 403
    clerk.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"})
    assert Group.objects.filter(name=roles.CLERK.name).exists()
