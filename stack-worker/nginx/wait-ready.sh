#!/bin/sh
# Inside nginx's container: waits until a replica of each service named answers, at most SECONDS. Usage: wait-ready.sh SECONDS NAME[:PORT]...
# With a port nginx does not serve it: then a replica has to accept a connection, and may answer what it likes.
# Exits with 1 when some do not, and prints those, one a line.
set -eu

# The clock may be set meanwhile.
steady() {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

deadline=$(($(steady) + $1))
shift
while :; do
  for service in "$@"; do
    shift
    case $service in
      *:*)
        failure=0
        curl -sI -o /dev/null -m 2 "http://$service/" || failure=$?
        # No such name, refused, or nobody took the connection.
        case $failure in 6 | 7 | 28) set -- "$@" "$service" ;; esac
        ;;
      *)
        status=$(curl -sI -o /dev/null -m 2 -w '%{http_code}' "http://127.0.0.1:8081/probe/$service") || status=000
        case $status in 000 | 502 | 504) set -- "$@" "$service" ;; esac
        ;;
    esac
  done
  if [ $# -eq 0 ]; then exit 0; fi
  if [ "$(steady)" -ge "$deadline" ]; then
    printf '%s\n' "$@"
    exit 1
  fi
  sleep 0.2
done
