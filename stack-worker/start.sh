#!/usr/bin/env bash
# Starts this worker: all services at the counts this worker had, else the fleet has, else their minimum; with their secrets.
# Returns when nginx answers /nginx-health and a replica of each service answers. Running it again changes nothing.
#
# Usage: start.sh
#
# Exit codes: 0 serving, 64 malformed, 75 busy, 1 other.
# START_SECONDS (60): how long to wait for the services.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"
# shellcheck source=images.sh
. "$STACK_DIR/images.sh"

case "${1:-}" in
  '') ;;
  -h | --help) show_help; exit 0 ;;
  *) fail 64 "got $(printf %q "$1"); start.sh takes no argument" ;;
esac

load_worker
check_services_table
prepare_state
lock_worker

fetch_secrets "$FLEET_STATE_DIR/secrets" &
secrets=$!
fetch_remote_write_password &
password=$!
fleet_counts=$(fetch_fleet_counts)
wait "$secrets"
wait "$password"

services=() scales=()
while IFS=$'\t' read -r service min max _; do
  count=$(initial_count "$service" "$min" "$max" "$fleet_counts")
  write_count "$service" "$count"
  services+=("$service")
  scales+=(--scale "$service=$count")
done <rendered/services.tsv

# Until its services answer, a new worker is not healthy. One that serves already is left alone.
if [ -z "$(docker ps -q --filter "label=com.docker.compose.project=$(project)" --filter label=com.docker.compose.service=nginx)" ]; then
  raise_flag starting
fi
lower_flag drain

pull_missing_images "" >/dev/null
compose up -d --remove-orphans "${scales[@]}"
docker compose exec -T nginx sh /etc/fleet/nginx/wait-ready.sh "${START_SECONDS:-60}" "${services[@]}" 9>&- ||
  fail 1 "the worker does not serve: see docker compose logs in $STACK_DIR"
lower_flag starting
echo "serving: ${scales[*]}" | sed 's/--scale //g'
