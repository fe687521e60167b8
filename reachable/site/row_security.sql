-- What row-level security asks of the database: who acts, and what they may see now. Each function
-- reads tables as the owner does, and answers for who acts alone. PL/pgSQL keeps its plans, and to
-- plan such a question takes longer than to answer it. Names in braces are put in by row_security.py.

CREATE OR REPLACE FUNCTION {schema}.reachable_actor() RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting({actor}, true), '')::uuid
$$;

CREATE OR REPLACE FUNCTION {schema}.reachable_agency() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN (
        SELECT agency_id FROM access_user WHERE is_active AND id = reachable_actor()
        UNION ALL
        SELECT agency_id FROM access_agencykey
        WHERE revoked_at IS NULL AND id = reachable_actor()
    );
END $$;

CREATE OR REPLACE FUNCTION {schema}.reachable_holds(wanted text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM access_role held
        JOIN access_user worker ON worker.id = held.user_id
        WHERE worker.is_active AND held.ended_at IS NULL
          AND held.user_id = reachable_actor() AND held.role = ANY (wanted)
    );
END $$;

CREATE OR REPLACE FUNCTION {schema}.reachable_reads() RETURNS text[]
LANGUAGE plpgsql STABLE COST 1 SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT reads.compartment
        FROM access_role held
        JOIN access_user worker ON worker.id = held.user_id
        JOIN json_to_recordset({reading}::json) AS reads (role text, compartment text)
          ON reads.role = held.role
        WHERE worker.is_active AND held.ended_at IS NULL AND held.user_id = reachable_actor()
    );
END $$;

-- access/rules/seeing.py in SQL: every identifier of each child whom this person sees.
CREATE OR REPLACE FUNCTION {schema}.reachable_people_now() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    me CONSTANT uuid := reachable_actor();
BEGIN
    IF NOT reachable_holds({opening}) OR NOT reachable_holds({naming}) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH seen AS (
        SELECT now_.current_id
        FROM access_involvement works
        JOIN people_currentperson now_ ON now_.person_id = works.subject_id
        WHERE works.subject_kind = 'person' AND works.ended_at IS NULL
          AND (works.until IS NULL OR works.until > statement_timestamp())
          AND (
              works.user_id = me
              OR works.team_id IN (
                  SELECT team_id FROM access_teammembership WHERE user_id = me AND ended_at IS NULL
              )
          )
        EXCEPT (
            SELECT now_.current_id
            FROM access_conflictofinterest conflict
            JOIN people_currentperson now_ ON now_.person_id = conflict.subject_id
            WHERE conflict.subject_kind = 'person' AND conflict.ended_at IS NULL
              AND conflict.user_id = me
            UNION
            SELECT now_.current_id
            FROM access_restriction restricted
            JOIN people_currentperson now_ ON now_.person_id = restricted.subject_id
            WHERE restricted.subject_kind = 'person' AND restricted.ended_at IS NULL
              AND NOT EXISTS (
                  SELECT FROM access_restrictionreader reads
                  WHERE reads.restriction_id = restricted.id AND reads.user_id = me
                    AND reads.ended_at IS NULL
              )
        )
    )
    SELECT same.person_id FROM seen JOIN people_currentperson same USING (current_id);
END $$;

-- The same, found out once and kept until who acts, or anything at all, may have changed: as the
-- keys of an object, among which PostgreSQL looks for one by halves. It goes through an array from
-- end to end for each row, and puts a set into a table of its own for each question.
CREATE OR REPLACE FUNCTION {schema}.reachable_sees() RETURNS jsonb
LANGUAGE plpgsql STABLE COST 1 SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    known text := current_setting({seen}, true);
BEGIN
    IF known IS NULL OR known = '' THEN
        known := (SELECT coalesce(jsonb_object_agg(id, 1), '{{}}') FROM reachable_people_now() AS id);
        PERFORM set_config({seen}, known, false);
    END IF;
    RETURN known::jsonb;
END $$;
