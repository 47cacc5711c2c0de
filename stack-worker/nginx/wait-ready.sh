#!/bin/sh
# Inside nginx's container: waits until a replica of each service named answers, at most SECONDS. Usage: wait-ready.sh SECONDS NAME...
set -eu

# The clock may be set meanwhile.
steady() {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

deadline=$(($(steady) + $1))
shift
for service in "$@"; do
  until status=$(curl -sI -o /dev/null -m 2 -w '%{http_code}' "http://127.0.0.1:8081/probe/$service") \
    && [ "$status" -ge 100 ] && [ "$status" -ne 502 ] && [ "$status" -ne 504 ]; do
    if [ "$(steady)" -ge "$deadline" ]; then
      echo "no replica of $service answers" >&2
      exit 1
    fi
    sleep 0.2
  done
done
