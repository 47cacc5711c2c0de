#!/usr/bin/env bash
# CodeDeploy, after it copied a revision to FLEET_ROOT/incoming: tries what can be tried beside what runs.
# The compose file, the images, Prometheus' rules and Alertmanager's configuration.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$REVISION_DIR/lib.sh"
# shellcheck source=images.sh
. "$REVISION_DIR/images.sh"
# shellcheck source=release.sh
. "$REVISION_DIR/release.sh"

# Runs a program of a service's image on the revision's files, without a network. Exits with what it says when it refuses.
check() { # check SERVICE PROGRAM ARGUMENT...
  local service=$1 program=$2 image answer
  shift 2
  image=$(images_in "$revision" "$service")
  answer=$(docker run --rm --network none --read-only --cap-drop ALL -v "$incoming:/revision:ro" --entrypoint "$program" "$image" "$@" 2>&1) ||
    fail 1 "$service refuses the files of this revision: $answer"
}

load_release
[ -f "$incoming/compose.yml" ] || fail 1 "no revision lies in $incoming: CodeDeploy's Install copies it there, run that first"
add_local_files
# CodeDeploy may have unpacked it with another umask, and containers run as other users.
find "$incoming" -type d -exec chmod 755 {} +
find "$incoming" -type f -exec chmod a+r {} +
cd "$incoming"
revision=$(definition) || fail 1 "the compose file of this revision is not valid: $(docker compose config -q 2>&1)"
images=$(pull_missing_images "$revision") || exit 1
for image in $images; do say "pulled $image"; done
rules=(rules/*.yml)
check prometheus promtool check rules "${rules[@]/#//revision/}"
check prometheus promtool check config --syntax-only /revision/rendered/prometheus.yml
check alertmanager amtool check-config /revision/rendered/alertmanager.yml
say "images are here, rules and configurations are valid"
