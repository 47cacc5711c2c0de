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

case "${1:-}" in
  '') ;;
  -h | --help) show_help; exit 0 ;;
  *) fail 64 "got $(printf %q "$1"); start.sh takes no argument" ;;
esac

# Prints the value of a parameter, by the command that worker.env names (words, split on blanks).
parameter() {
  local words
  read -r -a words <<<"$FLEET_PARAMETER_COMMAND"
  "${words[@]}" "/fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/$1"
}

fetch_secrets() { # fetch_secrets SERVICE SECRET...
  local service=$1 secret value lines=''
  shift
  for secret in "$@"; do
    value=$(parameter "secrets/$secret") || fail 1 "cannot read the secret $secret of $service: create the parameter /fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/secrets/$secret"
    # Single quotes keep the value as it is; compose reads \' as a quote.
    case $value in
      *$'\n'* | *\\) fail 1 "the secret $secret has a line break or ends in a backslash, which an environment file cannot carry: change it" ;;
    esac
    lines+="$secret='${value//\'/\\\'}'"$'\n'
  done
  printf %s "$lines" | write_file "$FLEET_STATE_DIR/secrets/$service.env" 600
}

fetch_remote_write_password() {
  local file=$FLEET_STATE_DIR/agent/remote_write_password value
  if [ -f "$FLEET_STATE_DIR/remote_write_password" ]; then
    write_file "$file" 444 <"$FLEET_STATE_DIR/remote_write_password"
  elif value=$(parameter secrets/REMOTE_WRITE_PASSWORD 2>/dev/null) && [ -n "$value" ]; then
    printf %s "$value" | write_file "$file" 444
  elif [ ! -f "$file" ]; then
    echo "start.sh: no password for remote write: metrics of this worker stay on it" >&2
    : | write_file "$file" 444
  fi
}

# The fleet's replica counts, as JSON; empty when there are none yet.
fleet_counts=''
initial_count() { # initial_count SERVICE MIN MAX
  local count='' json
  count=$(cat "$FLEET_STATE_DIR/replicas/$1" 2>/dev/null || true)
  json="\"$1\"[[:space:]]*:[[:space:]]*([0-9]{1,3})"
  if ! [[ $count =~ ^[0-9]{1,3}$ ]]; then
    if [[ $fleet_counts =~ $json ]]; then count=${BASH_REMATCH[1]}; else count=$2; fi
  fi
  # The bounds may have changed since the count was written.
  if [ "$count" -lt "$2" ]; then count=$2; fi
  if [ "$count" -gt "$3" ]; then count=$3; fi
  echo "$count"
}

load_worker
prepare_state
lock_worker

if [ -n "${FLEET_PARAMETER_COMMAND:-}" ]; then
  : "${FLEET_NAME:?worker.env must say it}" "${FLEET_ENVIRONMENT:?worker.env must say it}"
  waiting=()
  while IFS=$'\t' read -r service secrets; do
    # shellcheck disable=SC2086 # names of secrets, separated by blanks
    fetch_secrets "$service" $secrets &
    waiting+=($!)
  done <rendered/secrets.tsv
  fetch_remote_write_password &
  waiting+=($!)
  fleet_counts=$(parameter replicas 2>/dev/null) || fleet_counts=''
  for job in "${waiting[@]}"; do wait "$job"; done
else
  FLEET_PARAMETER_COMMAND=false
  fetch_remote_write_password
fi

services=() scales=()
while IFS=$'\t' read -r service min max; do
  count=$(initial_count "$service" "$min" "$max")
  echo "$count" | write_file "$FLEET_STATE_DIR/replicas/$service" 600
  services+=("$service")
  scales+=(--scale "$service=$count")
done <rendered/services.tsv

# Until its services answer, a new worker is not healthy. One that serves already is left alone.
if [ -z "$(docker ps -q --filter "label=com.docker.compose.project=$(project)" --filter label=com.docker.compose.service=nginx)" ]; then
  touch "$FLEET_STATE_DIR/flags/starting"
fi
rm -f "$FLEET_STATE_DIR/flags/drain"

compose up -d --remove-orphans "${scales[@]}"
docker compose exec -T nginx sh /etc/fleet/nginx/wait-ready.sh "${START_SECONDS:-60}" "${services[@]}" 9>&- ||
  fail 1 "the worker does not serve: see docker compose logs in $STACK_DIR"
rm -f "$FLEET_STATE_DIR/flags/starting"
echo "serving: ${scales[*]}" | sed 's/--scale //g'
