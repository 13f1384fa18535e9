-- Every API process listens on one channel, so that any of them can serve any stream. A timeline entry raises
-- last_event_number on its request in the same transaction, so the request's own trigger tells of both.
CREATE FUNCTION notify_delegation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('muster_changes', 'delegation_request:' || NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER delegation_requests_notify
  AFTER INSERT OR UPDATE ON delegation_requests
  FOR EACH ROW EXECUTE FUNCTION notify_delegation_change();
