"""Triggers note which transaction last changed what the door knows of a person or of a list.

A service that forgot to tell would let a cancelled badge in; the database forgets nothing.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION registration_roster_touch(wanted bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO registration_rosterchange (registration_id, event_id)
    SELECT id, event_id FROM registration_registration WHERE id = wanted
    ON CONFLICT (registration_id) DO UPDATE SET changed_in = excluded.changed_in, event_id = excluded.event_id
        WHERE registration_rosterchange.changed_in <> excluded.changed_in
$$;

CREATE FUNCTION registration_roster_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM registration_rosterchange WHERE registration_id = OLD.id;
    ELSE
        PERFORM registration_roster_touch(NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registration_roster_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM registration_roster_touch(OLD.registration_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM registration_roster_touch(NEW.registration_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION registration_roster_outline(wanted bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO registration_rosteroutline (event_id) SELECT id FROM events_event WHERE id = wanted
    ON CONFLICT (event_id) DO UPDATE SET changed_in = excluded.changed_in
        WHERE registration_rosteroutline.changed_in <> excluded.changed_in
$$;

CREATE FUNCTION registration_roster_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registration_roster_outline(CASE WHEN TG_OP = 'DELETE' THEN OLD.event_id ELSE NEW.event_id END);
    RETURN NULL;
END $$;

CREATE FUNCTION registration_roster_of_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registration_roster_outline(event_id) FROM registration_checkinlist
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.checkinlist_id ELSE NEW.checkinlist_id END;
    RETURN NULL;
END $$;

CREATE TRIGGER registration_roster AFTER INSERT OR DELETE OR UPDATE OF event_id, status, attendance, role_id,
    first_name, last_name, badge_name, organisation, language, photo
    ON registration_registration FOR EACH ROW EXECUTE FUNCTION registration_roster_person();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_registration_days FOR EACH ROW EXECUTE FUNCTION registration_roster_of_person();
CREATE TRIGGER registration_roster AFTER INSERT OR DELETE OR UPDATE OF code, revoked_at
    ON registration_badge FOR EACH ROW EXECUTE FUNCTION registration_roster_of_person();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_listentry FOR EACH ROW EXECUTE FUNCTION registration_roster_of_person();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_checkinlist FOR EACH ROW EXECUTE FUNCTION registration_roster_of_event();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_letterrange FOR EACH ROW EXECUTE FUNCTION registration_roster_of_event();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_checkinlist_days FOR EACH ROW EXECUTE FUNCTION registration_roster_of_list();
CREATE TRIGGER registration_roster AFTER INSERT OR UPDATE OR DELETE
    ON registration_checkinlist_roles FOR EACH ROW EXECUTE FUNCTION registration_roster_of_list();

SELECT registration_roster_touch(id) FROM registration_registration;
"""

TABLES = (
    "registration_registration", "registration_registration_days", "registration_badge", "registration_listentry",
    "registration_checkinlist", "registration_letterrange", "registration_checkinlist_days",
    "registration_checkinlist_roles",
)  # fmt: skip
FUNCTIONS = (
    "registration_roster_person()", "registration_roster_of_person()", "registration_roster_of_event()",
    "registration_roster_of_list()", "registration_roster_outline(bigint)", "registration_roster_touch(bigint)",
)  # fmt: skip
DROP = "".join(f"DROP TRIGGER registration_roster ON {table};" for table in TABLES)
DROP += "".join(f"DROP FUNCTION {function};" for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("registration", "0003_door")]

    operations = [migrations.RunSQL(CREATE, DROP)]
