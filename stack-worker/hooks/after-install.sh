#!/usr/bin/env bash
# CodeDeploy, after it copied a revision to FLEET_ROOT/incoming: tries everything that can be tried beside what runs.
# The compose file, the images, nginx's configuration, the secrets, and one replica of each service that gets no traffic.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=release/all.sh
. "$REVISION_DIR/release/all.sh"
# shellcheck source=release/trial.sh
. "$REVISION_DIR/release/trial.sh"

load_release
[ -f "$incoming/compose.yml" ] || fail 1 "no revision lies in $incoming: CodeDeploy's Install copies it there, run that first"
add_local_files
# CodeDeploy may have unpacked it with another umask, and containers run as other users.
find "$incoming" -type d -exec chmod 755 {} +
find "$incoming" -type f -exec chmod a+r {} +
cd "$incoming"
check_services_table
remove_trials
try_compose_file
try_images
try_nginx
fetch_incoming_secrets
if [ -z "$(containers_of nginx --filter status=running)" ]; then
  say "nothing runs yet"
elif diff -rq -x revision.json "$incoming" "$live" >/dev/null && diff -rq "$FLEET_STATE_DIR/incoming/secrets" "$FLEET_STATE_DIR/secrets" >/dev/null; then
  say "revision $(revision_in "$incoming") is what runs already"
else
  try_replicas
fi
