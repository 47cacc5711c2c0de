# shellcheck shell=bash
# Whether a service does its work: one that nginx serves answers, one that others call accepts connections, one that takes its work
# itself runs. Sourced after lib.sh.

# Waits for each service, at most SECONDS. 1 when some are not ready, and prints those; 1 without a word when nginx cannot be asked.
not_ready() { # not_ready SECONDS SCRIPT_IN_NGINX|- SERVICE...: "-" takes the script from stdin
  local seconds=$1 script=$2 service port nginx asked=() running=() late=() silent status=0 deadline
  shift 2
  for service in "$@"; do
    port=$(port_of "$service")
    if [ -n "$(path_of "$service")" ]; then asked+=("$service"); elif [ -n "$port" ]; then asked+=("$service:$port"); else running+=("$service"); fi
  done
  deadline=$(($(steady) + seconds))
  if [ "${#asked[@]}" -gt 0 ]; then
    nginx=$(containers_of nginx --filter status=running | head -n 1)
    if [ "$script" = - ]; then script=-s; fi
    silent=$(docker exec -i "$nginx" sh "$script" "$seconds" "${asked[@]}" 8>&- 9>&-) || status=$?
    if [ "$status" -ne 0 ] && [ -z "$silent" ]; then return 1; fi
    if [ "$status" -ne 0 ]; then printf '%s\n' "${silent[@]}" | cut -d : -f 1; fi
  fi
  for service in "${running[@]}"; do
    while ! runs_well "$service"; do
      if [ "$(steady)" -ge "$deadline" ]; then
        late+=("$service")
        break
      fi
      sleep 0.5
    done
  done
  if [ "${#late[@]}" -gt 0 ]; then printf '%s\n' "${late[@]}"; fi
  [ "$status" -eq 0 ] && [ "${#late[@]}" -eq 0 ]
}

# Whether a replica runs for longer than one that dies at once would, and is healthy where it has a check.
runs_well() { # runs_well SERVICE
  docker ps --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter "label=com.docker.compose.service=$1" \
    --filter label=com.docker.compose.oneoff=False --format '{{.Status}} {{.ID}}' | staying |
    grep -E '^Up ' | grep -vE '^Up (Less than a second|1 second) ' | grep -qvE '\((health: starting|unhealthy|Paused)\)'
}

what_is_missing() { # what_is_missing SERVICE: as a verb
  if [ -n "$(path_of "$1")" ]; then echo answers; elif [ -n "$(port_of "$1")" ]; then echo "accepts connections"; else echo "runs for longer than a moment"; fi
}
