#!/usr/bin/env bash
# Starts this worker: all services at the counts this worker had, else the fleet has, else their minimum; with their secrets.
# Returns when nginx answers /nginx-health and a replica of each service answers, or runs where nobody asks it. A service that does not answer in time, or crashes
# again and again, is told with its last words and harms no other: the worker serves without it. Running it again changes nothing.
#
# Usage: start.sh
#
# Exit codes: 0 serving at least one service, 64 malformed, 75 busy, 1 other.
# START_SECONDS (60): how long to wait for the services.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"
# shellcheck source=images.sh
. "$STACK_DIR/images.sh"
# shellcheck source=why-silent.sh
. "$STACK_DIR/why-silent.sh"
# shellcheck source=leave.sh
. "$STACK_DIR/leave.sh"
# shellcheck source=ready.sh
. "$STACK_DIR/ready.sh"
# shellcheck source=healing.sh
. "$STACK_DIR/healing.sh"

case "$#:${1:-}" in
  0:) ;;
  1:-h | 1:--help) show_help; exit 0 ;;
  *) fail 64 "got $(printf '%q ' "$@"); start.sh takes no argument" ;;
esac

# Waits for an answer of each. Leaves in `silent` those that do not answer, each told.
wait_for_services() { # wait_for_services SERVICE...
  local deadline service output status
  deadline=$(($(steady) + ${START_SECONDS:-60}))
  silent=() waiting=("$@")
  while [ "${#waiting[@]}" -gt 0 ]; do
    status=0
    output=$(not_ready 2 /etc/fleet/nginx/wait-ready.sh "${waiting[@]}") || status=$?
    if [ "$status" -eq 0 ]; then return 0; fi
    [ -n "$output" ] || fail 1 "nginx cannot be asked which services answer: see docker compose logs nginx in $STACK_DIR"
    waiting=()
    for service in $output; do
      if [ "$(steady)" -ge "$deadline" ] || crashes "$service"; then
        silent+=("$service")
        tell "no replica of $service $(what_is_missing "$service"): $(why_silent "$service")"
      else
        waiting+=("$service")
      fi
    done
  done
}

load_worker
check_services_table
prepare_state
lock_worker
finish_leaving

fetch_secrets "$FLEET_STATE_DIR/secrets" &
secrets=$!
fetch_remote_write_password &
password=$!
# Read under the lock: who changes it afterwards has this worker look again, which waits for the lock.
obey_maintenance &
maintenance=$!
fleet_counts=$(fetch_fleet_counts)
wait "$secrets"
wait "$password"
wait "$maintenance" || tell "maintenance stays as it was on this worker"
publish_logins || fail 1 "the logins cannot be kept in $FLEET_STATE_DIR/logins: look at the disk"

services=() scales=()
while IFS=$'\t' read -r service min max _; do
  count=$(initial_count "$service" "$min" "$max" "$fleet_counts")
  write_count "$service" "$count"
  services+=("$service")
  scales+=(--scale "$service=$(for_compose "$service" "$count")")
done <rendered/services.tsv

# Until its services answer, a new worker is not healthy. One that serves already is left alone.
if [ -z "$(docker ps -q --filter "label=com.docker.compose.project=$(project)" --filter label=com.docker.compose.service=nginx)" ]; then
  raise_flag starting
fi
lower_flag drain

pull_missing_images "" >/dev/null
compose up -d --remove-orphans "${scales[@]}"
wait_for_services "${services[@]}"
if [ "${#silent[@]}" -eq "${#services[@]}" ]; then fail 1 "the worker does not serve: no service answers"; fi
lower_flag starting
start_healing
echo "serving: ${scales[*]}${silent:+, without an answer: ${silent[*]}}" | sed 's/--scale //g'
