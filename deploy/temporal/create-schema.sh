#!/bin/sh
# Creates Temporal's two databases, or updates their schema to this version of the server. Runs before every start.
# The connection comes from SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

prepare() {
  database=$1
  versions=/etc/temporal/schema/postgresql/v12/$2/versioned
  if ! temporal-sql-tool --db "$database" update-schema -d "$versions"; then
    echo "$database has no schema of Temporal yet: creating it"
    temporal-sql-tool --db "$database" create
    temporal-sql-tool --db "$database" setup-schema -v 0.0
    temporal-sql-tool --db "$database" update-schema -d "$versions"
  fi
}

prepare temporal temporal
prepare temporal_visibility visibility
