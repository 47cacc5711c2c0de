#!/usr/bin/env bash
# CodeDeploy runs hooks from where it unpacked the revision: this one starts what it has copied to its place.
set -euo pipefail
exec /opt/fleet/stack-worker/start.sh
