# shellcheck shell=bash
# Shared by all scripts here; sourced, not run. The variables are described in docs/architecture.md.

fail() { # fail EXIT_CODE SENTENCE
  echo "${0##*/}: $2" >&2
  exit "$1"
}

show_help() { # prints the comment block at the top of the script
  sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"
}

# Where this worker is and what it is called. Only user data or the local fleet writes that file.
load_worker() {
  local env_file=${FLEET_WORKER_ENV:-/etc/fleet/worker.env}
  if [ -f "$env_file" ]; then
    set -a
    # shellcheck disable=SC1090
    . "$env_file"
    set +a
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
  mkdir -p "$FLEET_STATE_DIR"
  chmod 700 "$FLEET_STATE_DIR"
  mkdir -p "$FLEET_STATE_DIR"/{replicas,fence,flags,agent,secrets}
  chmod 755 "$FLEET_STATE_DIR"/{flags,agent}
  chmod 700 "$FLEET_STATE_DIR/secrets"
}

write_file() { # write_file PATH MODE, content from stdin: whole or not at all
  local temporary
  temporary=$(mktemp "$1.XXXXXX")
  cat >"$temporary"
  chmod "$2" "$temporary"
  mv -f "$temporary" "$1"
}

# One script at a time. The lock ends with the script, however it ends.
lock_worker() {
  exec 9>"$FLEET_STATE_DIR/lock"
  flock -w 60 9 || fail 75 "another start, stop, scale or drain has been running for 60 s: try again later"
}

# Whether a release replaces replicas at this moment: it counts them again at each step, and takes away those that are too many.
release_runs() {
  [ -f "$FLEET_STATE_DIR/release.lock" ] && ! flock -n "$FLEET_STATE_DIR/release.lock" true
}

# Refuses what an older decision asks for. Call it under the lock.
check_fence() { # check_fence NAME FENCE
  local seen
  seen=$(cat "$FLEET_STATE_DIR/fence/$1" 2>/dev/null || echo 0)
  [ "$((10#$2))" -ge "$((10#$seen))" ] || fail 66 "fence $2 is lower than $seen: a newer decision was already carried out"
  echo "$2" | write_file "$FLEET_STATE_DIR/fence/$1" 600
}

# Columns of rendered/services.tsv: service, minimum, maximum, port, path.
bounds_of() { # bounds_of SERVICE: prints "MIN MAX", nothing for an unknown service
  awk -F '\t' -v service="$1" '$1 == service { print $2, $3 }' rendered/services.tsv
}

project() {
  echo "${COMPOSE_PROJECT_NAME:-fleet-worker}"
}

running_replicas() { # running_replicas SERVICE
  docker ps -q --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$1" \
    --filter label=com.docker.compose.oneoff=False | wc -l
}

# docker compose, quiet unless it fails.
compose() {
  local output
  # Not with the descriptors of locks: what compose leaves behind must not hold them.
  output=$(docker compose --progress quiet "$@" 2>&1 8>&- 9>&-) || fail 1 "docker compose $1 failed: $output"
}
