# shellcheck shell=bash
# What the hooks of a release share; sourced after lib.sh.
#
#   FLEET_ROOT/incoming/stack-prometheus               where CodeDeploy's Install copies a revision
#   FLEET_ROOT/stack-prometheus                        what runs: its folders are mounted, so they stay and files change one by one
#   FLEET_ROOT/revisions-monitoring/current, previous  whole copies of what was validated last and before that

# shellcheck source=revisions.sh
. "$REVISION_DIR/revisions.sh"

# Reads monitoring.env, takes the folders' names, and waits for a hook of an earlier deployment that still puts things back.
load_release() {
  load_monitoring
  # Neither systemd nor an agent sets it, and Docker's client wants one.
  export HOME=${HOME:-/root}
  root=${FLEET_ROOT:-/opt/fleet}
  live=$root/stack-prometheus
  incoming=$root/incoming/stack-prometheus
  revisions=$root/revisions-monitoring
  prepare_folder "$revisions" 755 || fail 1 "cannot keep revisions in $revisions: look at the disk"
  prepare_lock "$revisions/lock"
  exec 8>"$revisions/lock"
  flock -w "${RELEASE_LOCK_SECONDS:-300}" 8 || fail 75 "a hook of another deployment is still running on this machine: try again later"
}

# FOLDER becomes the revision to go back to, whole and on the disk or not at all; what that was is kept as the one before. 1 when that failed.
keep_as_current() { # keep_as_current FOLDER
  rm -rf "$revisions/.new"
  if ! { cp -a "$1" "$revisions/.new" && seal "$revisions/.new" && sync -f "$revisions/.new"; }; then
    rm -rf "$revisions/.new"
    return 1
  fi
  if [ -d "$revisions/current" ] && ! diff -rq -x revision.json -x "$seal_name" "$revisions/current" "$revisions/.new" >/dev/null; then
    rm -rf "$revisions/previous" && mv -T "$revisions/current" "$revisions/previous" || return 1
  fi
  rm -rf "$revisions/current" && mv -T "$revisions/.new" "$revisions/current" && sync -f "$revisions"
}

# What containers say that are not well; compose itself only names one of them.
complaints() {
  local id
  for id in $( (containers_of all --filter status=exited --filter status=restarting; containers_of all --filter status=running --filter health=unhealthy --filter health=starting) | sort -u); do
    echo "$(docker inspect -f '{{slice .Name 1}}' "$id"): $(docker logs --tail 20 "$id" 2>&1 | grep -vE '^[[:space:]]+at |^[[:space:]]*$' | tail -n 4 | tr '\n\t' '  ' | tail -c 400)"
  done
}

# Back to what was validated last. The cause is said at once, in case this is not the end, and at the end, where everybody looks.
give_up() { # give_up SENTENCE
  # A hook that is stopped for its time goes on with this, and its output may have no reader any more.
  trap '' TERM INT HUP PIPE
  set +e
  echo "${0##*/}: $1" >&2
  local back
  back=$(sound_revision) || fail 1 "$1. There is no earlier revision to go back to"
  say "putting revision $(revision_in "$back") back"
  if switch_files "$back" && "$live/start.sh"; then
    fail 1 "$1. This machine is back at revision $(revision_in "$live")"
  fi
  fail 1 "$1. Going back to revision $(revision_in "$back") failed as well"
}
