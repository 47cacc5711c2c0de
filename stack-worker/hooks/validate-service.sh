#!/usr/bin/env bash
# CodeDeploy, at the end: does the worker serve this revision, as many replicas as it shall, and nothing else? Then it is kept as the
# one to go back to, and images that neither it nor the one before needs are removed. Goes back by itself when not.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=release/all.sh
. "$REVISION_DIR/release/all.sh"
# shellcheck source=old-images.sh
. "$REVISION_DIR/old-images.sh"

# /nginx-health is 503 while the worker drains, which a release neither starts nor ends.
validate_health() {
  local answer
  answer=$(docker exec "$(containers_of nginx --filter status=running)" curl -s -m 2 http://127.0.0.1/nginx-health 2>&1) || true
  case $answer in
    ok) ;;
    draining) say "the worker is draining, and stays so" ;;
    *) broken "nginx says ${answer:-nothing} about its health"; return 1 ;;
  esac
}

replicas_of() { # replicas_of SERVICE IDENTITY: how many there are of it
  # shellcheck disable=SC2046
  identities $(containers_of "$1") | running_only | ids_where same "$2" | wc -l
}

validate_replicas() { # validate_replicas SERVICE; under the lock
  local wanted count right
  wanted=$(identity_of_new "$1") || return 1
  count=$(persisted_count "$1")
  # A scale-in since they were replaced, which scale.sh left to the release.
  if [ "$(replicas_of "$1" "$wanted")" -gt "$count" ]; then compose up -d --no-deps --no-recreate --scale "$1=$(for_compose "$1" "$count")" "$1"; fi
  right=$(replicas_of "$1" "$wanted")
  [ "$right/$(count_other "$1" "$wanted")" = "$count/0" ] ||
    fail 1 "$1: $right replicas of this revision and $(count_other "$1" "$wanted") others run where $count shall"
}

validate() {
  local service message
  if ! is_as_installed || ! services_table_is_sound; then
    broken "$live is not what was installed: something changed its files"
    return 1
  fi
  validate_health || return 1
  wait_until_ready || return 1
  while IFS=$'\t' read -r service _; do
    message=$(locked validate_replicas "$service" 2>&1) || { broken "$message"; return 1; }
  done <rendered/services.tsv
}

load_release
[ -f "$live/compose.yml" ] || fail 1 "nothing is installed in $live: run the hooks in their order"
cd "$live"
trap 'give_up "stopped from outside, for its time or by hand"' TERM INT HUP
validate || give_up "$cause"
trap - TERM INT HUP
locked forget_services || fail 1 "revision $(revision_in "$live") runs, but what is left of earlier services cannot be removed from $FLEET_STATE_DIR: look at the disk"
keep_as_current "$live" || fail 1 "revision $(revision_in "$live") runs, but cannot be kept in $revisions as the one to go back to: look at the disk"
rm -rf "$FLEET_STATE_DIR/incoming"
remove_old_images "$revisions" || true
say "revision $(revision_in "$live") is valid: $(while IFS=$'\t' read -r service _; do printf '%s=%s ' "$service" "$(persisted_count "$service")"; done <rendered/services.tsv)"
