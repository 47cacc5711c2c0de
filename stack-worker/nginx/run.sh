#!/bin/sh
# Runs nginx as process 1, with a loop beside it that keeps the access log bounded.
set -eu

log=/logs/access.log
max_bytes=8388608
every_seconds=5

rotate() {
  while sleep "$every_seconds"; do
    [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt "$max_bytes" ] || continue
    # Rename and reopen at once: mtail reads the renamed file to its end. Truncating or a late signal loses lines.
    mv "$log" "$log.1" && kill -USR1 1
  done
}

rotate &
exec nginx -c /etc/fleet/nginx/nginx.conf -g 'daemon off;'
