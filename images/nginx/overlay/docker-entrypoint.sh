#!/bin/sh
# Upstream also fills in templates and tunes worker processes here; our configurations use neither.
set -eu
exec "$@"
