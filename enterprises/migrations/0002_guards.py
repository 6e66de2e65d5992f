"""What the models' constraints cannot say: immutable publications, and the CVR number's check digit."""

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION enterprises_publication_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_by_id IS NULL THEN
        OLD.published_by_id := NULL;  -- a person's account may be deleted
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'publications are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publication_is_immutable BEFORE UPDATE ON enterprises_publication
    FOR EACH ROW EXECUTE FUNCTION enterprises_publication_is_immutable();
"""
MUTABLE = "DROP FUNCTION enterprises_publication_is_immutable() CASCADE"

# Weights 2 7 6 5 4 3 2 1, sum divisible by 11. Demo enterprises have numbers that fail on purpose,
# so that they can never be a real company's.
CHECK_DIGIT = """
ALTER TABLE enterprises_enterprise ADD CONSTRAINT enterprise_cvr_check_digit_fits CHECK (
    CASE WHEN cvr ~ '^[0-9]{8}$' AND NOT is_demo THEN (
        2 * substr(cvr, 1, 1)::int + 7 * substr(cvr, 2, 1)::int + 6 * substr(cvr, 3, 1)::int
        + 5 * substr(cvr, 4, 1)::int + 4 * substr(cvr, 5, 1)::int + 3 * substr(cvr, 6, 1)::int
        + 2 * substr(cvr, 7, 1)::int + substr(cvr, 8, 1)::int
    ) % 11 = 0 ELSE TRUE END
)
"""
NO_CHECK_DIGIT = "ALTER TABLE enterprises_enterprise DROP CONSTRAINT enterprise_cvr_check_digit_fits"


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]
    operations = [
        migrations.RunSQL(IMMUTABLE, MUTABLE),
        migrations.RunSQL(CHECK_DIGIT, NO_CHECK_DIGIT),
    ]
