#!/usr/bin/env bash
# Does what the fleet's parameter `maintenance` says: nginx answers 503 with public/maintenance.html for the services in it, and their
# replicas run on. Takes no argument, since only the parameter counts: run again, at any time, it is never wrong.
#
# Usage: maintenance.sh
#
# Prints one line: "in maintenance: web api", or "no service is in maintenance".
# Exit codes: 0 done, 64 malformed, 75 busy, 1 other: nothing was changed.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"

case "$#:${1:-}" in
  0:) ;;
  1:-h | 1:--help) show_help; exit 0 ;;
  *) fail 64 "got $(printf '%q ' "$@"); maintenance.sh takes no argument" ;;
esac

load_worker
[ -n "${FLEET_PARAMETER_COMMAND:-}" ] || fail 1 "this worker has no parameters: set FLEET_PARAMETER_COMMAND"
require "${FLEET_WORKER_ENV:-/etc/fleet/worker.env}" FLEET_NAME FLEET_ENVIRONMENT
check_services_table
prepare_state
lock_worker
obey_maintenance || fail 1 "maintenance stays as it was on this worker"

services=()
while IFS=$'\t' read -r service _; do
  if flag_is_up "maintenance-$service"; then services+=("$service"); fi
done <rendered/services.tsv
if [ "${#services[@]}" -eq 0 ]; then echo "no service is in maintenance"; else echo "in maintenance: ${services[*]}"; fi
