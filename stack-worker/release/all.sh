# shellcheck shell=bash
# Everything of a release, for hooks that change what runs.
# shellcheck source=lib.sh
. "$REVISION_DIR/lib.sh"
# shellcheck source=parameters.sh
. "$REVISION_DIR/parameters.sh"
# shellcheck source=images.sh
. "$REVISION_DIR/images.sh"
# shellcheck source=why-silent.sh
. "$REVISION_DIR/why-silent.sh"
# shellcheck source=ready.sh
. "$REVISION_DIR/ready.sh"
# shellcheck source=leave.sh
. "$REVISION_DIR/leave.sh"
# shellcheck source=healing.sh
. "$REVISION_DIR/healing.sh"
# shellcheck source=release/folders.sh
. "$REVISION_DIR/release/folders.sh"
# shellcheck source=release/containers.sh
. "$REVISION_DIR/release/containers.sh"
# shellcheck source=release/replicas.sh
. "$REVISION_DIR/release/replicas.sh"
# shellcheck source=release/worker.sh
. "$REVISION_DIR/release/worker.sh"

cause='' suspects=()
