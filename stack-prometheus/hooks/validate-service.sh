#!/usr/bin/env bash
# CodeDeploy, at the end: is everything that shall run healthy? Then the revision is kept as the one to go back to, and images
# that neither it nor the one before needs are removed. Goes back by itself when not.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$REVISION_DIR/lib.sh"
# shellcheck source=release.sh
. "$REVISION_DIR/release.sh"
# shellcheck source=old-images.sh
. "$REVISION_DIR/old-images.sh"

load_release
[ -f "$live/compose.yml" ] || fail 1 "nothing is installed in $live: run the hooks in their order"
cd "$live"
trap 'give_up "stopped from outside, for its time or by hand"' TERM INT HUP
is_as_installed || give_up "$live is not what was installed: something changed its files"
services=$(docker compose config --services 2>&1) || give_up "the compose file that runs is not valid: $services"
for service in $services; do
  id=$(containers_of "$service" | head -n 1)
  health=$(docker inspect -f '{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}' "${id:-none}" 2>/dev/null || true)
  [[ $health =~ ^running\ (healthy)?$ ]] || give_up "$service is ${health:-not there}: $(complaints)"
done
trap - TERM INT HUP
keep_as_current "$live" || fail 1 "revision $(revision_in "$live") runs, but cannot be kept in $revisions as the one to go back to: look at the disk"
remove_old_images "$revisions" || true
say "revision $(revision_in "$live") is valid"
