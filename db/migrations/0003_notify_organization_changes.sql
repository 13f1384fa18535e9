-- As for delegation requests: the topic says what to read again, never what it says. Whatever a sync or its accounts
-- show is counted on the sync's own row in the same transaction, so that row's trigger tells of all of it.
CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('muster_changes', TG_ARGV[0] || ':' || NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER cloud_organizations_notify
  AFTER INSERT OR UPDATE ON cloud_organizations
  FOR EACH ROW EXECUTE FUNCTION notify_change('organization');
--> statement-breakpoint
CREATE TRIGGER syncs_notify
  AFTER INSERT OR UPDATE ON syncs
  FOR EACH ROW EXECUTE FUNCTION notify_change('sync');
--> statement-breakpoint
CREATE TRIGGER previews_notify
  AFTER INSERT OR UPDATE ON previews
  FOR EACH ROW EXECUTE FUNCTION notify_change('preview');
