# shellcheck shell=bash
# Shared by all scripts here; sourced, not run. The variables are described in docs/architecture.md.

fail() { # fail EXIT_CODE SENTENCE
  echo "${0##*/}: $2" >&2
  exit "$1"
}

show_help() { # prints the comment block at the top of the script
  sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"
}

# shellcheck source=state.sh
. "$(dirname "${BASH_SOURCE[0]}")/state.sh"

# Where this worker is and what it is called. Only user data or the local fleet writes that file.
load_worker() {
  local env_file=${FLEET_WORKER_ENV:-/etc/fleet/worker.env}
  if is_there "$env_file"; then
    read_env_file "$env_file"
  elif [ -n "${FLEET_WORKER_ENV:-}" ]; then
    fail 1 "FLEET_WORKER_ENV names $env_file, which is not there: correct it"
  fi
  export FLEET_STATE_DIR=${FLEET_STATE_DIR:-/var/lib/fleet}
  # Neither systemd nor an agent sets it, and Docker's client wants one.
  export HOME=${HOME:-/root}
  cd "$STACK_DIR" || fail 1 "cannot enter $STACK_DIR"
}

# Folders for counts, fences, flags and secrets. The top one is closed to others on the host, so what containers
# run by other users must read (flags, agent) can be readable below it.
prepare_state() {
  local state=$FLEET_STATE_DIR said
  said=$({ mkdir -p "$state" && chmod 700 "$state" && prepare_folder "$state/replicas" 755 && prepare_folder "$state/fence" 755 &&
    prepare_folder "$state/flags" 755 && prepare_folder "$state/agent" 755 && prepare_folder "$state/ended" 700 && prepare_folder "$state/health" 700 &&
    prepare_folder "$state/logins" 755 && prepare_folder "$state/secrets" 700; } 2>&1) ||
    fail 1 "cannot keep anything in $state: ${said##*: }; look at the disk (df -h, df -i) and at who owns the folder"
  [ -z "$said" ] || echo "$said" >&2
}

# One script at a time. The lock ends with the script, however it ends.
lock_worker() {
  prepare_lock "$FLEET_STATE_DIR/lock"
  exec 9>"$FLEET_STATE_DIR/lock"
  flock -w 60 9 || fail 75 "another start, stop, scale or drain has been running for 60 s: try again later"
}

# Flags: one is up when there is anything of its name, so that damage keeps traffic away and not the other way round.
flag_is_up() { # flag_is_up NAME
  is_there "$FLEET_STATE_DIR/flags/$1"
}

raise_flag() { # raise_flag NAME
  # What is no file nginx may not see.
  if is_plain "$FLEET_STATE_DIR/flags/$1"; then return 0; fi
  write_file "$FLEET_STATE_DIR/flags/$1" 644 </dev/null
}

lower_flag() { # lower_flag NAME
  rm -rf "${FLEET_STATE_DIR:?}/flags/$1" || { tell "cannot remove $FLEET_STATE_DIR/flags/$1"; return 1; }
}

# Whether a release replaces replicas at this moment: it counts them again at each step, and takes away those that are too many.
release_runs() {
  [ -f "$FLEET_STATE_DIR/release.lock" ] && ! flock -n "$FLEET_STATE_DIR/release.lock" true
}

# Refuses what an older decision asks for. Call it under the lock. Each fence has a copy: one that cannot be read must not read as "none seen".
check_fence() { # check_fence NAME FENCE
  local fence=$((10#$2)) file seen=0 one damaged=() sound=0
  for file in "$FLEET_STATE_DIR/fence/$1" "$FLEET_STATE_DIR/fence/$1.copy"; do
    if one=$(read_line "$file" '[0-9]{1,15}'); then
      sound=$((sound + 1))
      if [ "$((10#$one))" -gt "$seen" ]; then seen=$((10#$one)); fi
    elif is_there "$file"; then
      damaged+=("$file")
    fi
  done
  if [ "${#damaged[@]}" -gt 0 ]; then
    if [ "$sound" -gt 0 ]; then one="its copy says $seen"; else one="$fence counts as seen from now on, and what is lower is refused"; fi
    tell "${damaged[*]} cannot be read: $one"
  fi
  [ "$fence" -ge "$seen" ] || fail 66 "fence $fence is lower than $seen: a newer decision was already carried out"
  if [ "$sound" -eq 2 ] && [ "$fence" -eq "$seen" ]; then return 0; fi
  for file in "$FLEET_STATE_DIR/fence/$1.copy" "$FLEET_STATE_DIR/fence/$1"; do
    echo "$fence" | write_file "$file" 600 || fail 1 "the fence cannot be kept, so nothing was changed"
  done
}

# The count that was last asked for. 1: none. 2, told: there is one that cannot be read.
read_count() { # read_count SERVICE
  local file=$FLEET_STATE_DIR/replicas/$1 count running status=0
  count=$(read_line "$file" '[0-9]{1,3}') || status=$?
  if [ "$status" -eq 2 ]; then tell "$file cannot be read: going by what runs"; fi
  if [ "$status" -ne 0 ]; then return "$status"; fi
  count=$((10#$count))
  # 10 without its end is 1.
  if [ -n "$(tail -c 1 "$file")" ]; then
    running=$(running_replicas "$1")
    if [ "$running" -gt "$count" ]; then
      tell "$file is cut off after $count: going by what runs"
      count=$running
    fi
  fi
  echo "$count"
}

write_count() { # write_count SERVICE COUNT
  echo "$2" | write_file "$FLEET_STATE_DIR/replicas/$1" 600
}

# Columns of rendered/services.tsv: service, minimum, maximum, port, path as a replica sees it. No path: nginx sends it nothing. No port: nobody does.
bounds_of() { # bounds_of SERVICE: prints "MIN MAX", nothing for an unknown service
  awk -F '\t' -v service="$1" '$1 == service { print $2, $3 }' rendered/services.tsv
}

port_of() { # port_of SERVICE
  awk -F '\t' -v service="$1" '$1 == service { print $4 }' rendered/services.tsv
}

path_of() { # path_of SERVICE
  awk -F '\t' -v service="$1" '$1 == service { print $5 }' rendered/services.tsv
}

# Services that take their work themselves.
services_without_port() {
  awk -F '\t' '$1 != "" && $4 == "" { print $1 }' rendered/services.tsv 2>/dev/null || true
}

# Tables that cannot be read must not read as "no services", "no bounds" or "no secrets".
services_table_is_sound() {
  [ -f rendered/secrets.tsv ] && awk -F '\t' 'NF < 5 || $1 !~ /^[a-z][a-z0-9-]*$/ || $2 !~ /^[0-9]+$/ || $3 !~ /^[0-9]+$/ || $4 !~ /^[0-9]*$/ || ($5 != "" && $4 == "") { exit 1 }' rendered/services.tsv 2>/dev/null &&
    [ -s rendered/services.tsv ]
}

check_services_table() {
  services_table_is_sound || fail 1 "$PWD/rendered/services.tsv is damaged or missing, or secrets.tsv beside it: release again, or replace this worker"
}

project() {
  echo "${COMPOSE_PROJECT_NAME:-fleet-worker}"
}

containers_of() { # containers_of SERVICE [DOCKER_PS_OPTION...]: ids, also of containers that do not run
  local service=$1
  shift
  docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$service" \
    --filter label=com.docker.compose.oneoff=False "$@" | staying
}

# Ids of replicas that finish their work before they end (leave.sh). They run, and count for nothing.
finishing() {
  local mark
  for mark in "$FLEET_STATE_DIR/flags/leaving."*; do
    if is_there "$mark"; then echo "${mark##*.}"; fi
  done
}

# Lines without those that name one of these.
staying() {
  local ids
  ids=$(finishing)
  if [ -z "$ids" ]; then cat; else grep -vF "$ids" || true; fi
}

# What compose must be told, so that it comes to N: it counts those that finish.
for_compose() { # for_compose SERVICE N
  local ids more=0
  ids=$(finishing)
  if [ -n "$ids" ]; then
    more=$(docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$1" \
      --filter label=com.docker.compose.oneoff=False | grep -cF "$ids") || true
  fi
  echo $(($2 + more))
}

running_replicas() { # running_replicas SERVICE
  docker ps -q --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$1" \
    --filter label=com.docker.compose.oneoff=False | staying | wc -l
}

# Whether the network of a container can be entered by its process: by root, where the engine is on this machine.
can_enter() { # can_enter ID PID
  [ "$EUID" -eq 0 ] && [[ $2 =~ ^[1-9][0-9]*$ ]] && [ -n "$1" ] && grep -qs "$1" "/proc/$2/cgroup"
}

newest_replicas() { # newest_replicas SERVICE N: ids
  docker ps --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$1" \
    --filter label=com.docker.compose.oneoff=False --format '{{.Label "com.docker.compose.container-number"}} {{.ID}}' | staying | sort -rn | head -n "$2" | cut -d ' ' -f 2
}

# docker compose, quiet unless it fails.
compose() {
  local output
  # Not with the descriptors of locks: what compose leaves behind must not hold them.
  output=$(docker compose --progress quiet "$@" 2>&1 8>&- 9>&-) || fail 1 "docker compose $1 failed: $output"
}
