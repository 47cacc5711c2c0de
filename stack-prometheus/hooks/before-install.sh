#!/usr/bin/env bash
# CodeDeploy, before it copies a revision: is there room for it, and is the way free? Touches nothing that runs.
# RELEASE_MIN_FREE_MIB (1024): free space that a release needs, in MiB, for files and for Docker's images.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$REVISION_DIR/lib.sh"
# shellcheck source=release.sh
. "$REVISION_DIR/release.sh"

load_release
least=${RELEASE_MIN_FREE_MIB:-1024}
[[ $least =~ ^[0-9]{1,9}$ ]] || fail 64 "RELEASE_MIN_FREE_MIB is $(printf %q "$least"): write a whole number of MiB"
docker_root=$(docker info -f '{{.DockerRootDir}}' 2>/dev/null) || fail 1 "Docker does not answer: look at systemctl status docker"
for folder in "$root" "$docker_root"; do
  # Docker's folder may be out of sight where its engine is another machine's.
  [ -d "$folder" ] || continue
  free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$least" ] || fail 1 "the disk of $folder has $free MiB free and a release needs $least: free some (docker image prune --all) or give the machine a larger disk"
done
{ prepare_folder "$root/incoming" 755 && rm -rf "${incoming:?}" && mkdir -p "$incoming"; } || fail 1 "cannot make $incoming: look at the disk. Nothing was changed"
say "at least $least MiB are free; runs now: revision $(revision_in "$live")"
