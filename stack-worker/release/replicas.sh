# shellcheck shell=bash
# Replaces the replicas of a service, start first; sourced by the hooks after containers.sh.
#
#   old old old            count 3, all of the revision before
#   old old old new new    a batch beside them: half of the count
#   old new new            as soon as it is healthy, as many old ones are told to leave
#   old new new new   →   new new new

# Where the count cannot be read any more, as many as run, within the bounds: too many for a while rather than too few.
persisted_count() { # persisted_count SERVICE
  local min max
  # A worker that drains takes no work.
  if [ -z "$(port_of "$1")" ] && flag_is_up drain && ! is_there "$FLEET_STATE_DIR/release-drain"; then
    echo 0
    return 0
  fi
  if read_count "$1"; then return 0; fi
  read -r min max <<<"$(bounds_of "$1")"
  initial_count "$1" "${min:-1}" "${max:-1}" '' 2>/dev/null
}

ids_where() { # ids_where same|other IDENTITY, lines of identities on stdin
  awk -v how="$1" -v identity="$2" '($2 == identity) == (how == "same") { print $1 }'
}

running_only() {
  awk '$3 == "running" || $3 == "restarting"'
}

# Counts of services this worker did not have, and counts that are outside new bounds.
prepare_counts() {
  local service min max count fleet_counts
  fleet_counts=$(fetch_fleet_counts)
  while IFS=$'\t' read -r service min max _; do
    count=$(initial_count "$service" "$min" "$max" "$fleet_counts")
    if [ "$count" != "$(read_line "$FLEET_STATE_DIR/replicas/$service" '[0-9]+')" ]; then write_count "$service" "$count" || return 1; fi
  done <rendered/services.tsv
}

# Starts replicas of the wanted kind while there are fewer than the count: at most half of it at a time.
start_batch() { # start_batch SERVICE IDENTITY; under the lock
  local service=$1 count lines all fresh missing batch
  count=$(persisted_count "$service")
  # What does not run any more would be started again by compose.
  # shellcheck disable=SC2046 # ids
  docker rm -fv $(containers_of "$service" --filter status=created --filter status=exited --filter status=dead) >/dev/null 2>&1 || true
  # shellcheck disable=SC2046
  lines=$(identities $(containers_of "$service"))
  all=$(grep -c . <<<"$lines" || true)
  fresh=$(ids_where same "$2" <<<"$lines" | wc -l)
  missing=$((count - fresh))
  if [ "$missing" -le 0 ]; then return 0; fi
  batch=$(((count + 1) / 2))
  if [ "$batch" -gt "$missing" ]; then batch=$missing; fi
  compose up -d --no-deps --no-recreate --scale "$service=$(for_compose "$service" $((all + batch)))" "$service"
}

# Lets old replicas leave that the healthy new ones are enough without. Prints "done" or "more".
retire() { # retire SERVICE IDENTITY HEALTHY_ID...; under the lock
  local service=$1 identity=$2 count lines healthy old surplus leaving=()
  shift 2
  count=$(persisted_count "$service")
  # shellcheck disable=SC2046
  lines=$(identities $(containers_of "$service") | running_only)
  # One that crashed since it was found healthy is not.
  healthy=$(awk '$3 == "running" { print $1 }' <<<"$lines" | grep -cxF "$(printf '%s\n' "${@:-none}")" || true)
  mapfile -t old < <(ids_where other "$identity" <<<"$lines" | grep . || true)
  surplus=$((healthy + ${#old[@]} - count))
  if [ "$surplus" -gt "${#old[@]}" ]; then surplus=${#old[@]}; fi
  if [ "$surplus" -gt 0 ]; then
    leaving=("${old[@]:0:surplus}")
    # A release that is stopped here goes back without those that were told to leave (give_up).
    leave "$service" "${leaving[@]}" || return 1
  fi
  if [ "${#leaving[@]}" -lt "${#old[@]}" ] || [ "$healthy" -lt "$count" ]; then
    echo more
    return 0
  fi
  # A scale-in meanwhile.
  if [ "$(grep -c . <<<"$lines")" -gt $((${#old[@]} + count)) ]; then
    compose up -d --no-deps --no-recreate --scale "$service=$(for_compose "$service" "$count")" "$service"
  fi
  echo "done"
}

# Until all replicas are what the files say now, as many as the count says at that time. Nothing happens where they are already.
replace_replicas() { # replace_replicas SERVICE
  local service=$1 wanted message fresh before
  wanted=$(locked identity_of_new "$service" 2>&1) || { broken "$wanted"; return 1; }
  before=$(count_other "$service" "$wanted")
  while :; do
    message=$(locked start_batch "$service" "$wanted" 2>&1) || { broken "$message"; return 1; }
    # shellcheck disable=SC2046
    mapfile -t fresh < <(identities $(containers_of "$service") | running_only | ids_where same "$wanted")
    wait_healthy "$service" "${fresh[@]}" || return 1
    # Of a service that is new, nginx knows nothing yet, and nothing has to leave.
    if [ -n "$(path_of "$service")" ] && [ "$(count_other "$service" "$wanted")" -gt 0 ]; then wait_known "$service" "${fresh[@]}" || return 1; fi
    message=$(locked retire "$service" "$wanted" "${fresh[@]}" 2>&1) || { broken "$message"; return 1; }
    # The last line: what a program warns of comes before it.
    if [ "${message##*$'\n'}" = "done" ]; then break; fi
    if [ "$(steady)" -ge "$release_deadline" ]; then
      broken "$service: its replicas are not all replaced after ${RELEASE_SECONDS:-1200} s"
      return 1
    fi
  done
  if [ "$before" -gt 0 ]; then
    say "$service: $before replicas replaced, $(persisted_count "$service") run"
  fi
}

count_other() { # count_other SERVICE IDENTITY: replicas that are something else
  # shellcheck disable=SC2046
  identities $(containers_of "$1") | running_only | ids_where other "$2" | wc -l
}
