#!/usr/bin/env bash
# Stops this worker without losing a request: the health check fails and answers carry "Connection: close", everything that
# still arrives is served, jobs end, and when it is quiet (or after the deadline) all containers are stopped and removed.
#
# Usage: stop.sh [--volumes]
#   --volumes   also removes the volumes, for a worker that does not come back
#
# Exit codes: 0 stopped, 64 malformed, 75 busy, 1 other.
# QUIET_SECONDS (2): how long without a request counts as quiet. DRAIN_SECONDS (30): the deadline.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=jobs.sh
. "$STACK_DIR/jobs.sh"
# shellcheck source=healing.sh
. "$STACK_DIR/healing.sh"

volumes=()
case "$#:${1:-}" in
  0:) ;;
  1:--volumes) volumes=(--volumes) ;;
  1:-h | 1:--help) show_help; exit 0 ;;
  *) fail 64 "got $(printf '%q ' "$@"); write: stop.sh [--volumes]" ;;
esac

load_worker
prepare_state
lock_worker
stop_healing
# A full disk is no reason to go on running.
raise_flag drain || tell "stopping without telling clients to go elsewhere"
if [ -n "$(docker ps -q --filter "label=com.docker.compose.project=$(project)" --filter label=com.docker.compose.service=nginx)" ]; then
  docker compose exec -T nginx sh /etc/fleet/nginx/wait-quiet.sh "${DRAIN_SECONDS:-30}" "${QUIET_SECONDS:-2}" 9>&- ||
    echo "stop.sh: stopping although requests still arrive or are open" >&2
  # nginx first: it ends when what it holds is answered, for which it needs the replicas.
  compose stop nginx
fi
wait_for_jobs "${DRAIN_SECONDS:-30}"
compose down --remove-orphans "${volumes[@]}"
lower_flag drain
lower_flag starting
echo stopped
