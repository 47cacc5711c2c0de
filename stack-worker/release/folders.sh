# shellcheck shell=bash
# Where a release finds and keeps its files; sourced by the hooks after lib.sh and parameters.sh.
#
#   FLEET_ROOT/incoming/stack-worker      where CodeDeploy's Install copies a revision
#   FLEET_ROOT/stack-worker               what runs: mounted into containers, so its folders stay and files change one by one
#   FLEET_ROOT/revisions/current          a whole copy of what was validated last; a failed release goes back to it
#   FLEET_ROOT/revisions/previous         what was validated before that
#   FLEET_STATE_DIR/incoming/secrets      secrets of the incoming revision
#   FLEET_STATE_DIR/current/secrets       secrets that go with revisions/current

say() {
  echo "${0##*/}: $1"
}

# Reads worker.env, takes the folders' names, and waits for a hook of an earlier deployment that still puts things back.
load_release() {
  STACK_DIR=$REVISION_DIR
  load_worker
  root=${FLEET_ROOT:-/opt/fleet}
  live=$root/stack-worker
  incoming=$root/incoming/stack-worker
  revisions=$root/revisions
  prepare_state
  prepare_lock "$FLEET_STATE_DIR/release.lock"
  exec 8>"$FLEET_STATE_DIR/release.lock"
  flock -w "${RELEASE_LOCK_SECONDS:-300}" 8 || fail 75 "a hook of another deployment is still running on this worker: try again later"
  # A release that was killed while it had taken the worker out of service, or while it noted which replicas leave: they may be others by now.
  end_release_drain
  rm -rf "${FLEET_STATE_DIR:?}/leaving"
}

# Back into service, where a release took the worker out of it: a drain by drain.sh goes on.
end_release_drain() {
  if ! is_there "$FLEET_STATE_DIR/release-drain"; then return 0; fi
  (
    lock_worker
    if is_there "$FLEET_STATE_DIR/release-drain"; then lower_flag drain && rm -rf "${FLEET_STATE_DIR:?}/release-drain"; fi
  )
}

nameless='without a name'
revision_in() { # revision_in FOLDER: prints the name of the revision there
  local name=''
  if is_plain "$1/revision.json"; then
    name=$(tr '\000' ' ' <"$1/revision.json" | sed -n 's/.*"revision"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | head -n 1)
  fi
  echo "${name:-$nameless}"
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

# Makes what runs the same as FOLDER. Each file is replaced whole and at once, folders stay, what is not there goes away.
# 1, with a sentence, when something cannot be written.
switch_files() { # switch_files FOLDER
  local from=$1 path mode
  mkdir -p "$live" || return 1
  while IFS= read -r -d '' path; do
    if is_there "$live/$path" && { [ ! -d "$live/$path" ] || [ -L "$live/$path" ]; }; then rm -f "$live/$path" || return 1; fi
    mkdir -p "$live/$path" && chmod 755 "$live/$path" || return 1
  done < <(cd "$from" && find . -type d -print0)
  while IFS= read -r -d '' path; do
    # Containers run as other users.
    if [ -x "$from/$path" ]; then mode=755; else mode=644; fi
    if is_plain "$live/$path" && cmp -s "$from/$path" "$live/$path"; then
      chmod "$mode" "$live/$path" || return 1
    else
      write_file "$live/$path" "$mode" <"$from/$path" || return 1
    fi
  done < <(cd "$from" && find . -type f ! -path "./$seal_name" -print0)
  while IFS= read -r -d '' path; do
    if [ ! -e "$from/$path" ]; then rm -rf "${live:?}/$path" || return 1; fi
  done < <(cd "$live" && find . -depth -mindepth 1 -print0)
}

# Only what was tried may be kept as the one to go back to. Where CodeDeploy's copy is gone nobody can tell.
is_as_installed() {
  [ ! -f "$incoming/compose.yml" ] || (cd "$incoming" && find . -type f -exec sha256sum {} +) | (cd "$live" && sha256sum --check --status 2>/dev/null)
}

# FOLDER becomes revisions/current, whole and on the disk or not at all; what was there is kept as the one before. 1 when that failed.
keep_as_current() { # keep_as_current FOLDER
  local kept=$FLEET_STATE_DIR/current
  prepare_folder "$revisions" 755 && prepare_folder "$kept" 700 || return 1
  rm -rf "$revisions/.new" "$kept/.new"
  if ! { cp -a "$1" "$revisions/.new" && seal "$revisions/.new" && cp -a "$FLEET_STATE_DIR/secrets" "$kept/.new" && sync -f "$revisions/.new" "$kept/.new"; }; then
    rm -rf "$revisions/.new" "$kept/.new"
    return 1
  fi
  rm -rf "$kept/secrets" && mv -T "$kept/.new" "$kept/secrets" || return 1
  if [ -d "$revisions/current" ] && ! diff -rq -x revision.json -x "$seal_name" "$revisions/current" "$revisions/.new" >/dev/null; then
    rm -rf "$revisions/previous" && mv -T "$revisions/current" "$revisions/previous" || return 1
  fi
  rm -rf "$revisions/current" && mv -T "$revisions/.new" "$revisions/current" && sync -f "$revisions"
}

take_secrets() { # take_secrets FOLDER
  local file
  [ -d "$1" ] || return 0
  for file in "$1"/*.env; do
    if [ -f "$file" ]; then write_file "$FLEET_STATE_DIR/secrets/${file##*/}" 600 <"$file" || return 1; fi
  done
}
