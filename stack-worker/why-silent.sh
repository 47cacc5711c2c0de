# shellcheck shell=bash
# Why a service does not answer, in words for whoever runs it. Sourced after lib.sh.

last_words() { # last_words ID: the end of a container's log on one line, without the frames of stack traces
  docker logs --tail 40 "$1" 2>&1 | grep -vE '^[[:space:]]+at |^[[:space:]]*$' | tail -n 8 | tr '\n\t' '  ' | tail -c 600 || true
}

check_words() { # check_words ID: what its health check printed last
  docker inspect -f '{{with .State.Health}}{{range .Log}}{{println .Output}}{{end}}{{end}}' "$1" 2>/dev/null | grep . | tail -n 2 | tr '\n\t' '  ' | tail -c 300 || true
}

# Ports that processes of a container listen on, one a line; not Docker's own DNS, which listens at 127.0.0.11.
listening_ports() { # listening_ports ID
  local pid local_address state rest hex
  pid=$(docker inspect -f '{{.State.Pid}}' "$1" 2>/dev/null) || return 0
  # 0A: listening.
  cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" 2>/dev/null | while read -r _ local_address _ state rest; do
    hex=${local_address##*:}
    if [ "$state" = 0A ] && [ "${local_address%%:*}" != 0B00007F ] && [ -n "$rest" ]; then echo $((16#$hex)); fi
  done | sort -nu
}

what_listens() { # what_listens ID PORT
  local ports
  ports=$(listening_ports "$1" | paste -sd ' ')
  case " $ports " in
    '  ') echo "nothing listens in it yet, and requests go to port $2" ;;
    *" $2 "*) echo "it listens on port $2 but does not answer" ;;
    *) echo "nothing listens on port $2: it listens on ${ports// /, }. Set its port in the fleet file" ;;
  esac
}

# What became of the replicas of a service that does not answer.
why_silent() { # why_silent SERVICE
  local ids id name state code restarts memory
  mapfile -t ids < <(containers_of "$1")
  if [ "${#ids[@]}" -eq 0 ]; then echo "it has no container"; return 0; fi
  id=${ids[0]}
  # Docker tells the exit code only until it starts the container again.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    read -r name state code restarts memory < <(docker inspect -f '{{slice .Name 1}} {{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{.State.OOMKilled}}' "$id" 2>/dev/null) || true
    if [ "$state" != running ] || [ "$restarts" = 0 ]; then break; fi
    sleep 0.3
  done
  if [ "$memory" = true ]; then
    echo "$name was killed for its memory, $restarts times: raise its limit in the fleet file. Its log: $(last_words "$id")"
  elif [ "$state" != running ]; then
    echo "$name ended with exit code $code and was started again $restarts times. Its log: $(last_words "$id")"
  elif [ "${restarts:-0}" -gt 0 ]; then
    echo "$name ends again and again, and was started again $restarts times. Its log: $(last_words "$id")"
  elif [ -z "$(port_of "$1")" ]; then
    echo "$name is $state, and its health check says: $(check_words "$id"). Its log: $(last_words "$id")"
  else
    echo "$name runs, but $(what_listens "$id" "$(port_of "$1")"). Its log: $(last_words "$id")"
  fi
}

# Whether every replica of a service ends soon after it was started, again and again: waiting brings nothing.
crashes() { # crashes SERVICE
  local ids
  mapfile -t ids < <(containers_of "$1")
  [ "${#ids[@]}" -gt 0 ] && ! docker inspect -f '{{.RestartCount}}' "${ids[@]}" 2>/dev/null | grep -qx '[0-2]'
}
