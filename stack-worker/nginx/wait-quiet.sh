#!/bin/sh
# Inside nginx's container: waits until no request of a user ended for QUIET seconds, at most SECONDS. Usage: wait-quiet.sh SECONDS QUIET
set -eu

# The clock may be set meanwhile.
steady() {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

begun=$(steady)
quiet=$2
seen=
since=$begun
while :; do
  now=$(steady)
  # A line for each request that ended, with its time. Health checks and metrics do not count as traffic.
  last=$(tail -n 2000 /logs/access.log 2>/dev/null | grep -v '^internal ' | tail -n 1)
  if [ "$last" != "$seen" ]; then
    seen=$last
    since=$now
  fi
  # Of whole seconds: a difference of just QUIET may be almost a second less.
  if [ $((now - since)) -gt "$quiet" ]; then exit 0; fi
  if [ $((now - begun)) -ge "$1" ]; then
    echo "requests still arrive after $1 s" >&2
    exit 1
  fi
  sleep 0.5
done
