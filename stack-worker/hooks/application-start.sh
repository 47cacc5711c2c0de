#!/usr/bin/env bash
# CodeDeploy, when everything could be tried: the files change, then what runs, start first. Goes back by itself when that fails.
# RELEASE_HEALTHY_SECONDS (60): how long a replica may take, RELEASE_KNOWN_SECONDS (30): until nginx sends to it.
# RELEASE_SECONDS (1200): how long all of it may take.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=release/all.sh
. "$REVISION_DIR/release/all.sh"

load_release
# Of a release that was killed.
locked finish_leaving
[ -f "$incoming/compose.yml" ] || fail 1 "no revision lies in $incoming: run the hooks in their order"
(cd "$incoming" && check_services_table) || exit 1
if [ ! -d "$revisions/current" ] && [ -f "$live/compose.yml" ]; then
  keep_as_current "$live" || fail 1 "what runs cannot be kept in $revisions as the one to go back to: look at the disk. Nothing was changed"
fi

trap 'give_up "stopped from outside, for its time or by hand"' TERM INT HUP
switch_files "$incoming" || give_up "cannot write to $live"
cd "$live"
if [ -z "$(containers_of nginx --filter status=running)" ]; then
  ./start.sh || give_up "start.sh failed"
else
  take_secrets "$FLEET_STATE_DIR/incoming/secrets" || give_up "the secrets cannot be written"
  # A service may be new.
  locked obey_maintenance || say "maintenance stays as it was on this worker"
  converge || give_up "$cause"
fi
start_healing
say "revision $(revision_in "$live") runs"
