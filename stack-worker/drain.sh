#!/usr/bin/env bash
# Takes this worker out of service, or back. While it drains, its health check fails and answers carry "Connection: close", so the
# load balancer and keep-alive clients leave; everything that still arrives is served. Services without a port, which take their work
# themselves, finish what they have and take no more. Run again, it changes nothing.
#
# Usage: drain.sh start|cancel|status [--fence F]
#   drain.sh start --fence 29389000000017   refuses when a higher fence was seen
#   drain.sh status                         only looks
#
# Prints one line: draining, or serving.
# Exit codes: 0 done, 64 malformed, 66 fence lower than seen, 75 busy, 1 other.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"

# shellcheck source=leave.sh
. "$STACK_DIR/leave.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"

# Replicas that take work leave, and come back when the drain is cancelled.
stop_taking_work() {
  local service ids
  for service in $(services_without_port); do
    mapfile -t ids < <(containers_of "$service" --filter status=running --filter status=restarting)
    leave "$service" "${ids[@]}" || return 1
  done
}

take_work_again() {
  local service min max count
  for service in $(services_without_port); do
    read -r min max <<<"$(bounds_of "$service")"
    count=$(initial_count "$service" "$min" "$max" "")
    if [ "$(running_replicas "$service")" -ge "$count" ]; then continue; fi
    keep_secrets "$service"
    compose up -d --no-deps --no-recreate --scale "$service=$(for_compose "$service" "$count")" "$service"
  done
}

case "${1:-}" in
  -h | --help) show_help; exit 0 ;;
esac
[ $# -eq 1 ] || { [ $# -eq 3 ] && [ "$2" = --fence ]; } ||
  fail 64 "got $# arguments; write: drain.sh start|cancel|status [--fence F]"
action=$1 fence=${3:-}
[[ $action =~ ^(start|cancel|status)$ ]] || fail 64 "$(printf %q "$action") is not an action: write start, cancel or status"
[ $# -eq 1 ] || [[ $fence =~ ^[0-9]{1,15}$ ]] || fail 64 "$(printf %q "$fence") is not a fence: write up to 15 digits"

load_worker
if [ "$action" != status ]; then
  prepare_state
  # stop.sh holds the lock and its own flag until the worker is down: a cancel cannot take that away.
  lock_worker
  # Not a service's fence: those lie beside it under the services' names, which begin with a letter.
  [ -z "$fence" ] || check_fence .drain "$fence"
fi
case $action in
  # A release that took the worker out of service for a moment does not bring it back.
  start)
    { rm -rf "${FLEET_STATE_DIR:?}/release-drain" && raise_flag drain; } || fail 1 "the worker does not drain"
    stop_taking_work || fail 1 "the worker drains, but goes on taking work"
    ;;
  cancel)
    lower_flag drain || fail 1 "the worker goes on draining"
    take_work_again
    ;;
esac
if flag_is_up drain; then echo draining; else echo serving; fi
