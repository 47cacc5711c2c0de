# shellcheck shell=bash
# Images that are missing on this machine, with patience for registries that are busy. Sourced after lib.sh.
# Both stacks have this file, as each is installed alone; a test compares the two.
# RELEASE_PULL_SECONDS (600): how long one image may take, waits included. PULL_WAIT_SECONDS (2): the first wait, which doubles up to 60 s.

registry_of() { # registry_of IMAGE: the host before the first slash, where there is one
  local host=${1%%/*}
  if [ "$host" != "$1" ] && [[ $host == *[.:]* || $host == localhost ]]; then echo "$host"; else echo docker.io; fi
}

# busy: try again as long as there is time. unreachable: once or twice more. final: the registry knows what it does not have, and whom it does not let in.
kind_of_failure() { # kind_of_failure ANSWER
  if grep -qiE 'toomanyrequests|too many requests|rate (limit )?exceeded|(status|HTTP)[^0-9]{1,12}(429|5[0-9]{2})([^0-9]|$)|internal server error|bad gateway|service unavailable|gateway time-?out' <<<"$1"; then
    echo busy
  elif grep -qiE 'timed? ?out|deadline exceeded|connection (refused|reset)|EOF$|no such host|server misbehaving|temporary failure|network is unreachable|no route to host' <<<"$1"; then
    echo unreachable
  else
    echo final
  fi
}

# Pulls one image. Exits with a sentence that names the registry.
pull_image() { # pull_image IMAGE
  local image=$1 wait=${PULL_WAIT_SECONDS:-2} limit=${RELEASE_PULL_SECONDS:-600} begun=$SECONDS left answer status tries=0 registry
  registry=$(registry_of "$image")
  while :; do
    left=$((limit - (SECONDS - begun)))
    if [ "$left" -lt 1 ]; then left=1; fi
    tries=$((tries + 1)) status=0
    answer=$(timeout "$left" docker pull -q "$image" 2>&1 8>&- 9>&-) || status=$?
    if [ "$status" -eq 0 ]; then return 0; fi
    case $status/$(kind_of_failure "$answer") in
      124/*) answer="no end after $limit s" left=0 ;;
      */busy) left=$((limit - (SECONDS - begun) - wait)) ;;
      */unreachable) left=$((3 - tries)) ;;
      *) left=0 ;;
    esac
    if [ "$left" -le 0 ]; then
      fail 1 "the image $image cannot be pulled from the registry $registry (tries: $tries, in $((SECONDS - begun)) s): $answer"
    fi
    tell "the registry $registry does not give $image at the moment, again in about $wait s: $(tail -n 1 <<<"$answer" | cut -c 1-300)"
    # Machines that start together shall not come back together.
    sleep "$wait.$((RANDOM % 10))"
    wait=$((wait * 2))
    if [ "$wait" -gt 60 ]; then wait=60; fi
  done
}

# Pulls what the compose file of the current folder names and this machine does not have. Prints the name of each image that was pulled.
pull_missing_images() {
  local images image all
  images=$(docker compose config --images 2>&1 9>&-) || fail 1 "the compose file in $PWD is not valid: $images"
  mapfile -t all < <(grep -v '^time=' <<<"$images" | grep . | sort -u)
  # Asked for all at once, as that is how it nearly always is.
  if docker image inspect "${all[@]}" >/dev/null 2>&1; then return 0; fi
  for image in "${all[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    pull_image "$image"
    echo "$image"
  done
}
