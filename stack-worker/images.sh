# shellcheck shell=bash
# Images that are missing on this machine, with patience for registries that are busy. Sourced after lib.sh.
# Both stacks have this file, as each is installed alone; a test compares the two.
# RELEASE_PULL_SECONDS (900): how long all of them together may take, waits included; a hook of CodeDeploy that pulls has 1200.
# PULL_WAIT_SECONDS (2): the first wait, which doubles up to 60 s.

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

# How long a registry asks to wait, in whole seconds, where its words say it ("retry-after: 1.2s"): Docker keeps the header to itself.
asked_wait() { # asked_wait ANSWER
  sed -nE 's/.*retry[- ]after:? *([0-9]{1,6})(\.[0-9]+)?(ms|µs|us|ns|s|m|h)?.*/\1 \3/Ip' <<<"$1" | head -n 1 |
    awk '{ unit["m"] = 60; unit["h"] = 3600; each = $2 ~ /^[mun].*s$|^µs$/ ? 0 : $2 in unit ? unit[$2] : 1; print each == 0 ? 1 : ($1 + 1) * each; found = 1 } END { if (!found) print 0 }'
}

# Seconds that pulling has taken. Waits count as they were meant, whatever the clock says.
pull_spent=0

# Pulls one image. Exits with a sentence that names the registry.
pull_image() { # pull_image IMAGE
  local image=$1 wait=${PULL_WAIT_SECONDS:-2} limit=${RELEASE_PULL_SECONDS:-900} tries=0 left begun answer status pause asked why registry
  registry=$(registry_of "$image")
  while :; do
    left=$((limit - pull_spent))
    if [ "$left" -lt 1 ]; then left=1; fi
    tries=$((tries + 1)) status=0 begun=$(steady) why=
    answer=$(timeout "$left" docker pull -q "$image" 2>&1 8>&- 9>&-) || status=$?
    pull_spent=$((pull_spent + $(steady) - begun))
    if [ "$status" -eq 0 ]; then return 0; fi
    asked=$(asked_wait "$answer") pause=$wait
    if [ "$asked" -gt "$pause" ]; then pause=$asked; fi
    case $status/$(kind_of_failure "$answer") in
      124/*) why="no end after $left s" ;;
      */busy) if [ $((pull_spent + pause)) -ge "$limit" ]; then why="$answer. It is busy, and another wait of $pause s is longer than is left of $limit s: try again later"; fi ;;
      */unreachable) if [ "$tries" -ge 3 ] || [ $((pull_spent + pause)) -ge "$limit" ]; then why=$answer; fi ;;
      *) why=$answer ;;
    esac
    if [ -n "$why" ]; then
      fail 1 "the image $image cannot be pulled from the registry $registry (tries: $tries, $pull_spent s for all images): $why"
    fi
    tell "the registry $registry does not give $image at the moment, again in about $pause s: $(tail -n 1 <<<"$answer" | cut -c 1-300)"
    # Machines that start together shall not come back together.
    begun=$(steady)
    sleep "$pause.$((RANDOM % 10))"
    if [ $(($(steady) - begun)) -gt "$pause" ]; then pause=$(($(steady) - begun)); fi
    pull_spent=$((pull_spent + pause))
    wait=$((wait * 2))
    if [ "$wait" -gt 60 ]; then wait=60; fi
  done
}

# What the compose file of the current folder amounts to, by one question: compose takes longer to start than most of what a hook asks.
# Lines "service NAME", "image NAME IMAGE", and "part LINE" for what it says of networks and volumes. What else it says may be secret.
# 1 when compose refuses the file.
definition() {
  docker compose config 2>/dev/null 8>&- 9>&- | awk '
    /^[^ ]/ { top = $1; next }
    top == "services:" && /^  [^ ]/ { service = $1; gsub(/[":]/, "", service); print "service", service }
    top == "services:" && /^    image: / { image = $2; gsub(/"/, "", image); print "image", service, image }
    top == "networks:" || top == "volumes:" { print "part", $0 }'
}

images_in() { # images_in DEFINITION [SERVICE]: of this service, else of all
  awk -v service="${2:-}" '$1 == "image" && (service == "" || $2 == service) { print $3 }' <<<"$1" | sort -u
}

services_in() { # services_in DEFINITION
  awk '$1 == "service" { print $2 }' <<<"$1"
}

# Pulls those that this machine does not have, of what the compose file of the current folder names. Prints the name of each image that was pulled.
pull_missing_images() { # pull_missing_images [DEFINITION]
  local answer=${1:-} image all
  [ -n "$answer" ] || answer=$(definition) || fail 1 "the compose file in $PWD is not valid: $(docker compose config -q 2>&1 9>&-)"
  mapfile -t all < <(images_in "$answer")
  # Asked for all at once, as that is how it nearly always is.
  if docker image inspect "${all[@]}" >/dev/null 2>&1; then return 0; fi
  for image in "${all[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    pull_image "$image"
    echo "$image"
  done
}
