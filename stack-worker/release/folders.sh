# shellcheck shell=bash
# Where a release finds and keeps its files; sourced by the hooks after lib.sh and parameters.sh.
#
#   FLEET_ROOT/incoming/stack-worker      where CodeDeploy's Install copies a revision
#   FLEET_ROOT/stack-worker               what runs: mounted into containers, so its folders stay and files change one by one
#   FLEET_ROOT/revisions/current          a whole copy of what was validated last; a failed release goes back to it
#   FLEET_ROOT/revisions/previous         what was validated before that
#   FLEET_STATE_DIR/incoming/secrets      secrets of the incoming revision
#   FLEET_STATE_DIR/current/secrets       secrets that go with revisions/current
# shellcheck source=revisions.sh
. "$REVISION_DIR/revisions.sh"

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
  # A release that was killed while it had taken the worker out of service.
  end_release_drain
}

# Back into service, where a release took the worker out of it: a drain by drain.sh goes on.
end_release_drain() {
  if ! is_there "$FLEET_STATE_DIR/release-drain"; then return 0; fi
  (
    lock_worker
    if is_there "$FLEET_STATE_DIR/release-drain"; then lower_flag drain && rm -rf "${FLEET_STATE_DIR:?}/release-drain"; fi
  )
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
  for file in "$1"/*.env "$1"/*.logins; do
    if [ -f "$file" ]; then write_file "$FLEET_STATE_DIR/secrets/${file##*/}" 600 <"$file" || return 1; fi
  done
  publish_logins
}
