"""Editorships rest on claims, and the database sees to it."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

# Of the one person, for the one enterprise, and accepted; and none may lose that while somebody edits by it.
GUARDS = """
CREATE FUNCTION enterprises_editorship_is_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM enterprises_claim WHERE id = NEW.claim_id AND state = 'accepted'
        AND enterprise_id = NEW.enterprise_id AND user_id = NEW.user_id
    ) THEN
        RAISE EXCEPTION 'an editorship needs an accepted claim' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER editorship_is_claimed BEFORE INSERT OR UPDATE ON enterprises_editorship
    FOR EACH ROW EXECUTE FUNCTION enterprises_editorship_is_claimed();
CREATE FUNCTION enterprises_claim_is_edited_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM enterprises_editorship WHERE claim_id = NEW.id) THEN
        RAISE EXCEPTION 'an editorship rests on this claim' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_is_edited_by BEFORE UPDATE ON enterprises_claim FOR EACH ROW
    WHEN ((OLD.enterprise_id, OLD.user_id, OLD.state) IS DISTINCT FROM (NEW.enterprise_id, NEW.user_id, NEW.state))
    EXECUTE FUNCTION enterprises_claim_is_edited_by();
"""
NO_GUARDS = """
DROP FUNCTION enterprises_editorship_is_claimed() CASCADE;
DROP FUNCTION enterprises_claim_is_edited_by() CASCADE;
"""


def claim(apps, schema_editor):
    claims, editorships = (apps.get_model("enterprises", name).objects for name in ("Claim", "Editorship"))
    for given in editorships.all():
        given.claim = claims.create(
            enterprise_id=given.enterprise_id,
            user_id=given.user_id,
            way=given.granted_how,
            state="accepted",
            decided_at=given.granted_at,
            decided_by_id=given.granted_by_id,
        )
        given.save(update_fields=["claim"])
        claims.filter(pk=given.claim_id).update(created_at=given.granted_at)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unclaim(apps, schema_editor):
    editorships = apps.get_model("enterprises", "Editorship").objects
    for given in editorships.select_related("claim"):
        # The other ways were not known then.
        given.granted_how = given.claim.way if given.claim.way in ("demo", "mitid") else "staff"
        given.granted_by_id, given.granted_at = given.claim.decided_by_id, given.claim.decided_at
        given.save()
        editorships.filter(pk=given.pk).update(granted_at=given.claim.decided_at)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def person(verbose_name, related_name="+", **more):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        **{"on_delete": django.db.models.deletion.SET_NULL, "null": True, "blank": True} | more,
        related_name=related_name,
        verbose_name=verbose_name,
    )


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


EMPTY = Q(accepted_at__isnull=True, cancelled_at__isnull=True)
OVER = ["revoked", "left"]


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0013_nobody_to_ask")]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", key()),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation"),
                            ("code", "Kode sendt til virksomhedens mail"),
                            ("mitid", "MitID Erhverv"),
                            ("explanation", "Skriftlig forklaring"),
                            ("added", "Har selv tilføjet virksomheden"),
                            ("staff", "Givet af rådets medarbejdere"),
                            ("demo", "Demo"),
                        ],
                        max_length=12,
                        verbose_name="hvordan",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Venter på svar"),
                            ("accepted", "Kan rette profilen"),
                            ("refused", "Afvist"),
                            ("withdrawn", "Trukket tilbage"),
                            ("revoked", "Adgangen er taget tilbage"),
                            ("left", "Er trådt ud"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="tilstand",
                    ),
                ),
                ("explanation", models.TextField(blank=True, max_length=2000, verbose_name="forklaring")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="modtaget")),
                (
                    "proven_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="kode fra virksomhedens mail"),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="afgjort")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ophørt")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="begrundelse")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="enterprises.enterprise",
                        verbose_name="virksomhed",
                    ),
                ),
                (
                    "user",
                    person(
                        "bruger",
                        "claims",
                        on_delete=django.db.models.deletion.CASCADE,
                        null=False,
                        blank=False,
                    ),
                ),
                ("decided_by", person("afgjort af")),
                ("ended_by", person("ophørt ved")),
            ],
            options={
                "verbose_name": "anmodning om adgang",
                "verbose_name_plural": "anmodninger om adgang",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(state="open"),
                        fields=("enterprise", "user"),
                        name="claim_open_once_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=Q(state="accepted"),
                        fields=("enterprise", "user"),
                        name="claim_accepted_once_per_person",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="open", decided_at__isnull=True)
                        | (~Q(state="open") & Q(decided_at__isnull=False)),
                        name="claim_decided_has_a_date",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=OVER, ended_at__isnull=False)
                        | (~Q(state__in=OVER) & Q(ended_at__isnull=True)),
                        name="claim_ended_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailedCode",
            fields=[
                ("id", key()),
                ("digest", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="code",
                        to="enterprises.claim",
                    ),
                ),
            ],
            options={"verbose_name": "tilsendt kode", "verbose_name_plural": "tilsendte koder"},
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", key()),
                ("email", models.EmailField(max_length=254, verbose_name="mailadresse")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("sent_at", models.DateTimeField(verbose_name="sendt")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="taget imod")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="trukket tilbage")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="enterprises.enterprise",
                        verbose_name="virksomhed",
                    ),
                ),
                ("invited_by", person("inviteret af")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitationer",
                "ordering": ("-sent_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("enterprise"),
                        django.db.models.functions.text.Lower("email"),
                        condition=EMPTY,
                        name="invitation_waits_once_per_address",
                    ),
                    models.CheckConstraint(
                        condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
                        name="invitation_is_not_both_accepted_and_cancelled",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="editorship",
            name="claim",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                to="enterprises.claim",
                verbose_name="anmodning",
            ),
        ),
        # Nullable so that the way back can fill it.
        migrations.AlterField(
            model_name="editorship",
            name="granted_at",
            field=models.DateTimeField(auto_now_add=True, null=True, verbose_name="givet"),
        ),
        migrations.RunPython(claim, unclaim),
        migrations.AlterField(
            model_name="editorship",
            name="claim",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.RESTRICT,
                to="enterprises.claim",
                verbose_name="anmodning",
            ),
        ),
        migrations.RemoveField(model_name="editorship", name="granted_at"),
        migrations.RemoveField(model_name="editorship", name="granted_by"),
        migrations.RemoveField(model_name="editorship", name="granted_how"),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
