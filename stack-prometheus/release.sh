# shellcheck shell=bash
# What the hooks of a release share; sourced after lib.sh.
#
#   FLEET_ROOT/incoming/stack-prometheus               where CodeDeploy's Install copies a revision
#   FLEET_ROOT/stack-prometheus                        what runs: its folders are mounted, so they stay and files change one by one
#   FLEET_ROOT/revisions-monitoring/current, previous  whole copies of what was validated last and before that

say() {
  echo "${0##*/}: $1"
}

# Reads monitoring.env, takes the folders' names, and waits for a hook of an earlier deployment that still puts things back.
load_release() {
  load_monitoring
  # Neither systemd nor an agent sets it, and Docker's client wants one.
  export HOME=${HOME:-/root}
  root=${FLEET_ROOT:-/opt/fleet}
  live=$root/stack-prometheus
  incoming=$root/incoming/stack-prometheus
  revisions=$root/revisions-monitoring
  mkdir -p "$revisions"
  exec 8>"$revisions/lock"
  flock -w "${RELEASE_LOCK_SECONDS:-300}" 8 || fail 75 "a hook of another deployment is still running on this machine: try again later"
}

revision_in() { # revision_in FOLDER: prints the name of the revision there
  local name
  name=$(sed -n 's/.*"revision"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$1/revision.json" 2>/dev/null | head -n 1)
  echo "${name:-without a name}"
}

# Files that belong to this machine and not to a revision, such as an override that COMPOSE_FILE names, go along.
add_local_files() {
  local name names
  IFS=: read -r -a names <<<"${COMPOSE_FILE:-compose.yml}"
  for name in "${names[@]}"; do
    case $name in /* | *..*) continue ;; esac
    if [ -f "$live/$name" ] && [ ! -e "$incoming/$name" ]; then cp -p "$live/$name" "$incoming/$name"; fi
  done
}

replace_file() { # replace_file FROM TO: whole or not at all
  local temporary mode=644
  if [ -x "$1" ]; then mode=755; fi
  temporary=$(mktemp "$2.XXXXXX") && cat "$1" >"$temporary" && chmod "$mode" "$temporary" && mv -f "$temporary" "$2"
}

# Makes what runs the same as FOLDER. Folders stay, what is not there goes away.
switch_files() { # switch_files FOLDER
  local from=$1 path
  while IFS= read -r -d '' path; do
    mkdir -p "$live/$path"
    chmod 755 "$live/$path"
  done < <(cd "$from" && find . -type d -print0)
  while IFS= read -r -d '' path; do
    if ! cmp -s "$from/$path" "$live/$path"; then replace_file "$from/$path" "$live/$path" || return 1; fi
  done < <(cd "$from" && find . -type f -print0)
  while IFS= read -r -d '' path; do
    if [ ! -e "$from/$path" ]; then rm -rf "${live:?}/$path"; fi
  done < <(cd "$live" && find . -depth -mindepth 1 -print0)
}

# FOLDER becomes the revision to go back to; what that was is kept as the one before.
keep_as_current() { # keep_as_current FOLDER
  rm -rf "$revisions/.new"
  cp -a "$1" "$revisions/.new"
  if [ -d "$revisions/current" ] && ! diff -rq -x revision.json "$revisions/current" "$revisions/.new" >/dev/null; then
    rm -rf "$revisions/previous"
    mv "$revisions/current" "$revisions/previous"
  fi
  rm -rf "$revisions/current"
  mv "$revisions/.new" "$revisions/current"
}

# What containers say that are not well; compose itself only names one of them.
complaints() {
  local id
  for id in $( (docker compose ps -aq --status exited; docker compose ps -aq --status restarting; docker ps -q --filter health=unhealthy --filter health=starting --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-fleet-monitoring}") | sort -u); do
    echo "$(docker inspect -f '{{slice .Name 1}}' "$id"): $(docker logs --tail 20 "$id" 2>&1 | grep -vE '^[[:space:]]+at |^[[:space:]]*$' | tail -n 4 | tr '\n\t' '  ' | tail -c 400)"
  done
}

# Back to what was validated last. The cause is said at once, in case this is not the end, and at the end, where everybody looks.
give_up() { # give_up SENTENCE
  # A hook that is stopped for its time goes on with this, and its output may have no reader any more.
  trap '' TERM INT HUP PIPE
  set +e
  echo "${0##*/}: $1" >&2
  [ -d "$revisions/current" ] || fail 1 "$1. There is no earlier revision to go back to"
  say "putting revision $(revision_in "$revisions/current") back"
  if switch_files "$revisions/current" && "$live/start.sh"; then
    fail 1 "$1. This machine is back at revision $(revision_in "$live")"
  fi
  fail 1 "$1. Going back to revision $(revision_in "$revisions/current") failed as well"
}
