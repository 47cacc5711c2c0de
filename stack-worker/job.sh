#!/usr/bin/env bash
# Runs a job of fleet.yaml on this worker: its command in a container of its service, with that one's image, environment, secrets,
# memory limit and networks. A run is started once. Asked for it again, this script waits for its end and says the same again.
#
# Usage: job.sh JOB RUN
#   job.sh nightly 20260301T030000Z          a job by its name
#   job.sh before-release 0123456789ab-ba9876543210
#                                            all that are due before a release, in their order, until one fails
#
# Run from the folder of a revision that is not live, it is that revision's job: its images are pulled, its secrets read, and what
# serves is not touched. A worker that drains starts none.
#
# Exit codes: 0 done, 1 failed, 64 malformed or unknown, 69 not started, and never will be, 75 busy, 76 nobody knows whether it ran.

set -euo pipefail
STACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$STACK_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$STACK_DIR/parameters.sh"
# shellcheck source=images.sh
. "$STACK_DIR/images.sh"
# shellcheck source=why-silent.sh
. "$STACK_DIR/why-silent.sh"
# shellcheck source=revisions.sh
. "$STACK_DIR/revisions.sh"
# shellcheck source=jobs.sh
. "$STACK_DIR/jobs.sh"

case "${1:-}" in
  -h | --help) show_help; exit 0 ;;
esac
[ $# -eq 2 ] || fail 64 "got $# arguments; write: job.sh JOB RUN"
asked=$1 run=$2
[[ $asked =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || fail 64 "$(printf %q "$asked") is not the name of a job"
[[ $run =~ ^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$ ]] || fail 64 "$(printf %q "$run") is not the name of a run"

load_worker
prepare_state
prepare_folder "$FLEET_STATE_DIR/jobs" 700
# A run that ended days ago nobody asks for again.
find "$FLEET_STATE_DIR/jobs" -mindepth 1 -maxdepth 1 -mmin +4320 -exec rm -rf {} +
mapfile -t rows < <(rows_of "$asked")
if [ "${#rows[@]}" -eq 0 ]; then
  [ "$asked" = before-release ] || fail 64 "$asked is not a job of this revision: write one of $(cut -f 1 rendered/jobs.tsv 2>/dev/null | paste -sd ' ')"
  echo "no job is due before this revision"
  exit 0
fi
secrets_state=$FLEET_STATE_DIR
case $STACK_DIR in
  # Where the document puts a revision that is not live (ssm/fleet-job.json).
  */job-revisions/*) live=${STACK_DIR%/job-revisions/*}/stack-worker secrets_state=$FLEET_STATE_DIR/jobs/secrets-$run ;;
esac
for row in "${rows[@]}"; do
  IFS=$'\t' read -r -a columns <<<"$row"
  run_job "${columns[0]}" "$run" "${columns[2]}" "${columns[3]}" "${columns[@]:4}"
done
