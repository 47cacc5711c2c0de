#!/usr/bin/env bash
# Starts what the monitoring instance runs, with its secrets; returns when everything is healthy. Running it again changes nothing.
#
# Usage: start.sh
#
# Exit codes: 0 healthy, 64 malformed, 75 busy, 1 other. START_SECONDS (180): how long to wait.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=lib.sh
. ./lib.sh
# shellcheck source=images.sh
. ./images.sh

case "$#:${1:-}" in
  0:) ;;
  1:-h | 1:--help) show_help; exit 0 ;;
  *) fail 64 "got $(printf '%q ' "$@"); start.sh takes no argument" ;;
esac

load_monitoring
secrets=$(./secrets.sh)
folder=${FLEET_SECRETS_DIR:-/etc/fleet/secrets}
# A boot and a release may start it at once, and compose is not made for two.
prepare_lock "$folder/.start.lock"
exec 9>"$folder/.start.lock"
flock -w "${START_SECONDS:-180}" 9 || fail 75 "another start.sh has been running for ${START_SECONDS:-180} s: try again later"
for channel in telegram_token slack_webhook_url webhook_secret; do
  variable=${channel^^}_FILE
  if [ -s "$folder/$channel" ]; then export "$variable=/run/secrets/$channel"; fi
done

# A scaler that crashes is made anew: Docker waits longer and longer before it starts it again, compose takes it for broken meanwhile, and
# it may have a file mounted that was replaced. It has no state; Prometheus, which has, may be long in reading it after one restart.
for id in $(containers_of wh; containers_of wh-standby); do
  crashing=$(docker inspect -f '{{if gt .RestartCount 0}}{{with .State.Health}}{{if ne .Status "healthy"}}yes{{end}}{{end}}{{end}}' "$id" 2>/dev/null) || continue
  if [ "$crashing" = yes ]; then docker rm -fv "$id" >/dev/null || true; fi
done

# A container reads its secrets when it starts. Asked of the files, so that a start that was killed in between is made good by the next.
secrets_are_newer() {
  local id started
  for id in $(containers_of all --filter status=running --filter status=restarting); do
    started=$(docker inspect -f '{{.State.StartedAt}}' "$id" 2>/dev/null) || continue
    if changed_since "$started" -L "$folder" -maxdepth 1 -type f ! -name '.*'; then return 0; fi
  done
  return 1
}

recreate=()
if [ "$secrets" = changed ] || secrets_are_newer; then recreate=(--force-recreate); fi
pull_missing_images "" >/dev/null
# Without the lock, which what compose leaves behind must not hold.
docker compose --progress quiet up -d --remove-orphans --wait --wait-timeout "${START_SECONDS:-180}" "${recreate[@]}" 9>&-
# wh reads its fleet file when it starts. One after the other: the other one takes the lease meanwhile.
for scaler in wh-standby wh; do
  started=$(docker inspect -f '{{.State.StartedAt}}' "$(containers_of "$scaler" | head -n 1)")
  if changed_since "$started" -L "${FLEET_FILE:-../fleet.yaml}"; then
    docker compose --progress quiet up -d --no-deps --force-recreate --wait --wait-timeout "${START_SECONDS:-180}" "$scaler" 9>&-
  fi
done
# Rules and rendered files may be new; the containers are not.
docker compose kill -s HUP prometheus alertmanager
echo running
