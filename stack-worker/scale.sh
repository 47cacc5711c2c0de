#!/usr/bin/env bash
# Sets how many replicas of a service this worker runs.
#
# Usage: scale.sh SERVICE N|up|down [--fence F]
#   scale.sh service-a 5
#   scale.sh service-a up
#   scale.sh service-a 3 --fence 1767225600000   refuses when a higher fence was seen for this service
#
# Prints one line: service-a: 2 -> 5
# Exit codes: 0 done, 64 malformed or unknown service, 65 outside the service's bounds, 66 fence lower than seen, 75 busy, 1 other.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"
# shellcheck source=leave.sh
. "$STACK_DIR/leave.sh"

case "${1:-}" in
  -h | --help) show_help; exit 0 ;;
esac
[ $# -eq 2 ] || { [ $# -eq 4 ] && [ "$3" = --fence ]; } ||
  fail 64 "got $# arguments; write: scale.sh SERVICE N|up|down [--fence F]"
service=$1 wanted=$2 fence=${4:-}
[[ $service =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || fail 64 "$(printf %q "$service") is not the name of a service"
[[ $wanted =~ ^([0-9]{1,3}|up|down)$ ]] || fail 64 "$(printf %q "$wanted") is not a number of replicas: write N, up or down"
[ $# -eq 2 ] || [[ $fence =~ ^[0-9]{1,15}$ ]] || fail 64 "$(printf %q "$fence") is not a fence: write up to 15 digits"

load_worker
check_services_table
read -r min max <<<"$(bounds_of "$service")"
[ -n "$min" ] || fail 64 "$service is not a service of this fleet: write one of $(cut -f1 rendered/services.tsv | paste -sd ' ')"

prepare_state
lock_worker
finish_leaving
current=$(running_replicas "$service")
# During a release old and new replicas run side by side: what counts is what was asked for.
base=$current
if release_runs; then base=$(read_count "$service") || base=$current; fi
case $wanted in
  up) count=$((base + 1)) ;;
  down) count=$((base - 1)) ;;
  *) count=$((10#$wanted)) ;;
esac
if [ "$count" -lt "$min" ] || [ "$count" -gt "$max" ]; then
  fail 65 "$count replicas of $service are outside its bounds: write $min to $max"
fi
[ -z "$fence" ] || check_fence "$service" "$fence"

keep_secrets "$service"
# Kept before it is carried out, so that a restart in between starts with what was wanted.
write_count "$service" "$count" || fail 1 "the count cannot be kept, so nothing was changed"
if [ "$count" -lt "$current" ] && ! release_runs; then
  mapfile -t surplus < <(newest_replicas "$service" $((current - count)))
  leave "$service" "${surplus[@]}"
elif [ "$count" -gt "$current" ] || ! release_runs; then
  compose up -d --no-deps --no-recreate --scale "$service=$(for_compose "$service" "$count")" "$service"
fi
echo "$service: $current -> $count"
