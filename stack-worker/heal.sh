#!/usr/bin/env bash
# Carries out what container-metrics decides about replicas that hang or are unhealthy (state folder, health/orders): nginx is refused at
# once, and another replica is started before the sick one goes. One that recovers meanwhile stays. start.sh starts it, stop.sh ends it.
#
# Usage: heal.sh                       until the file health/on is gone
#        heal.sh replace SERVICE ID    one replica, start first
#
# Exit codes: 0 done or nothing to do, 64 malformed, 75 busy, 1 other.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The hooks of a release, of which some functions are used here, call the folder so.
# shellcheck disable=SC2034
REVISION_DIR=$STACK_DIR
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"
# shellcheck source=why-silent.sh
. "$STACK_DIR/why-silent.sh"
# shellcheck source=leave.sh
. "$STACK_DIR/leave.sh"
# shellcheck source=release/containers.sh
. "$STACK_DIR/release/containers.sh"

# Older orders are none: nobody says whether they still hold.
ORDERS_SECONDS=15
KEPT_RESULTS=200
NOT_NOW=75

# Lines "ID SERVICE refuse|- replace|- WHY" that hold now. Before them: nginx's addresses.
orders() {
  local file=$health/orders age
  [ -s "$file" ] || return 0
  age=$(($(date +%s) - $(date -r "$file" +%s 2>/dev/null || echo 0)))
  if [ "$age" -le "$ORDERS_SECONDS" ]; then cat "$file" 2>/dev/null || true; fi
}

is_ordered() { # is_ordered ID
  orders | grep -q "^$1 "
}

pid_of() { # pid_of ID
  docker inspect -f '{{.State.Pid}}' "$1" 2>/dev/null
}

# nginx sends to others from now on; what is under way goes on. The addresses are kept for the way back.
refuse_replica() { # refuse_replica ID ADDRESS...
  local id=$1 pid
  shift
  pid=$(pid_of "$id") || return 0
  printf '%s\n' "$@" >"$health/refused.$id"
  if refuse_connections "$id" "$pid" "$@"; then tell "$id gets no requests any more"; fi
}

# It answers again, or is gone.
readmit() { # readmit ID
  local id=$1 pid address
  if pid=$(pid_of "$id") && can_enter "$id" "$pid"; then
    while read -r address; do
      while nsenter --target "$pid" --net iptables -w 2 -D INPUT -s "$address" -p tcp --syn -j REJECT --reject-with tcp-reset 2>/dev/null; do :; done
    done <"$health/refused.$id"
    tell "$id gets requests again"
  fi
  rm -f "$health/refused.$id"
}

carry_out() {
  local line id service refuse replace nginx=() wanted=' ' file
  while read -r line; do
    read -r id service refuse replace _ <<<"$line"
    if [ "$id" = nginx ]; then
      read -r -a nginx <<<"${line#nginx}"
      continue
    fi
    [[ $id =~ ^[0-9a-f]{64}$ && $service =~ ^[a-z][a-z0-9-]*$ ]] || continue
    if [ "$refuse" = refuse ]; then
      wanted+="$id "
      if [ ! -e "$health/refused.$id" ]; then refuse_replica "$id" "${nginx[@]}"; fi
    fi
    # One program for each; the mark tells of those that another version began.
    if [ "$replace" = replace ] && ! kill -0 "${replacing[$id]:-none}" 2>/dev/null && ! is_there "$FLEET_STATE_DIR/flags/healing.$id" &&
      ! release_runs; then
      "$STACK_DIR/heal.sh" replace "$service" "$id" </dev/null >>"$health/log" 2>&1 7>&- &
      replacing[$id]=$!
    fi
  done < <(orders)
  # Of a program that was killed: the next script took its replica away.
  for file in "$FLEET_STATE_DIR"/flags/healing.*; do
    if [ -e "$file" ] && ! is_there "$FLEET_STATE_DIR/flags/leaving.${file##*.}"; then rm -f "$file"; fi
  done
  for file in "$health"/refused.*; do
    id=${file##*.}
    # One that is being replaced stays out until that is decided.
    if [ -e "$file" ] && [[ $wanted != *" $id "* ]] && ! is_there "$FLEET_STATE_DIR/flags/healing.$id"; then readmit "$id"; fi
  done
}

# A release brings another version of this program.
is_newer() {
  local file
  for file in heal.sh lib.sh leave.sh release/containers.sh; do
    if [ "$STACK_DIR/$file" -nt "$health/begun" ]; then return 0; fi
  done
  return 1
}

run_until_off() {
  local looked
  local -A replacing=()
  # Not for writing: a disk that holds an open file cannot be made read-only.
  : >"$health/lock"
  exec 7<"$health/lock"
  flock -n 7 || exit 0
  : >"$health/begun"
  while [ -e "$health/on" ]; do
    if is_newer; then exec "$STACK_DIR/heal.sh"; fi
    looked=("$health"/refused.*)
    if [ -s "$health/orders" ] || [ -e "${looked[0]}" ]; then carry_out || true; fi
    sleep 0.5 7>&-
  done
}

# What became of it, for container-metrics, which tells it on.
done_with() { # done_with SERVICE ID RESULT WORDS
  {
    tail -n "$KEPT_RESULTS" "$health/done" 2>/dev/null || true
    printf '%s %s %s %s %s\n' "$(date +%s)" "$1" "$2" "$3" "$(tr '\n\t' '  ' <<<"$4" | head -c 500)"
  } | write_file "$health/done" 600 || true
}

unmark() { # unmark ID
  rm -rf "${FLEET_STATE_DIR:?}/flags/healing.$1" "${FLEET_STATE_DIR:?}/flags/leaving.$1"
}

# The sick one counts for nothing from here on, so that scale.sh, releases and the scaler want another one too.
mark_and_start() { # mark_and_start SERVICE ID: ids of what was started
  local service=$1 id=$2 count before
  finish_leaving
  docker inspect "$id" >/dev/null 2>&1 || return "$NOT_NOW"
  if is_there "$FLEET_STATE_DIR/flags/leaving.$id" || release_runs; then return "$NOT_NOW"; fi
  count=$(read_count "$service") || count=$(running_replicas "$service")
  echo "$$" | write_file "$FLEET_STATE_DIR/flags/leaving.$id" 644 && write_file "$FLEET_STATE_DIR/flags/healing.$id" 644 </dev/null || return 1
  # Compose goes no further where one stands still. What it holds is answered now; it goes all the same.
  if [ "$(docker inspect -f '{{.State.Paused}}' "$id" 2>/dev/null)" = true ]; then docker unpause "$id" >/dev/null 2>&1 && echo stood-still; fi
  before=$(containers_of "$service")
  keep_secrets "$service"
  compose up -d --no-deps --no-recreate --scale "$service=$(for_compose "$service" "$count")" "$service"
  containers_of "$service" | grep -vxF "${before:-none}" || true
}

drop() { # drop SERVICE ID ID_OF_FRESH...: everything as it was
  local service=$1 id=$2
  shift 2
  unmark "$id"
  if [ $# -gt 0 ]; then leave "$service" "$@"; fi
}

# One that hangs would not hear SIGTERM: what it holds had its time while nginx waited. One that is unhealthy is told as usual.
end_sick() { # end_sick SERVICE ID WHY
  local service=$1 id=$2
  if [ -n "$(path_of "$service")" ]; then wait_unused "$service" "$id"; fi
  case $3 in
    *'answered nothing'*) docker stop -t 1 "$id" >/dev/null 2>&1 || docker kill "$id" >/dev/null 2>&1 || true ;;
    *) docker stop "$id" >/dev/null 2>&1 || true ;;
  esac
  docker rm -fv "$id" >/dev/null 2>&1 || true
}

replace() { # replace SERVICE ID
  # shellcheck disable=SC2034 # wait_healthy's
  local suspects=()
  local service=$1 id=$2 why stood_still='' fresh cause='' status=0
  why=$(orders | awk -v id="$id" '$1 == id { $1 = $2 = $3 = $4 = ""; sub(/^ +/, ""); print }')
  [ -n "$why" ] || return 0
  fresh=$(locked mark_and_start "$service" "$id" 2>&1) || status=$?
  # Somebody else is at work, or it is gone; the next look finds out.
  if [ "$status" -eq "$NOT_NOW" ]; then return 0; fi
  if [ "$status" -ne 0 ]; then
    unmark "$id"
    done_with "$service" "$id" no-better "$why; another replica cannot be started: $fresh"
    return 0
  fi
  if grep -qx stood-still <<<"$fresh"; then stood_still=yes; fi
  mapfile -t fresh < <(grep -xE '[0-9a-f]{64}' <<<"$fresh" || true)
  if ! wait_healthy "$service" "${fresh[@]}"; then
    locked drop "$service" "$id" "${fresh[@]}"
    done_with "$service" "$id" no-better "$why; a fresh replica did no better: $cause"
  elif [ -z "$stood_still" ] && ! is_ordered "$id"; then
    locked drop "$service" "$id" "${fresh[@]}"
    done_with "$service" "$id" recovered "$why, and then again"
  else
    if [ -n "$(path_of "$service")" ]; then wait_known "$service" "${fresh[@]}" || true; fi
    end_sick "$service" "$id" "$why"
    unmark "$id"
    done_with "$service" "$id" replaced "$why"
  fi
}

load_worker
health=$FLEET_STATE_DIR/health
case "$#:${1:-}" in
  1:-h | 1:--help) show_help ;;
  0:) if [ -d "$health" ]; then run_until_off; fi ;;
  3:replace)
    [[ $2 =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$ && $3 =~ ^[0-9a-f]{64}$ ]] || fail 64 "write: heal.sh replace SERVICE ID"
    check_services_table
    prepare_state
    replace "$2" "$3"
    ;;
  *) fail 64 "got $(printf '%q ' "$@"); write: heal.sh, or heal.sh replace SERVICE ID" ;;
esac
