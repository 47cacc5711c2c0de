#!/bin/sh
# Docker as far as the scripts need it: writes down what it is asked, lists the replicas that $FAKE_DOCKER/replicas names and no jobs, and
# answers `docker pull` with the lines of $FAKE_DOCKER/pulls, one after the other ("ok", or what a registry says).
echo "$*" >>"$FAKE_DOCKER/asked"
case "$*" in
  "ps "*label=fleet.job*) ;;
  "ps "*) cat "$FAKE_DOCKER/replicas" 2>/dev/null || true ;;
  "compose config"*) [ ! -e "$FAKE_DOCKER/images" ] || awk 'BEGIN { print "services:" } { print "  s" NR ":\n    image: " $1 }' "$FAKE_DOCKER/images" ;;
  "image inspect"*) [ ! -e "$FAKE_DOCKER/images" ] ;;
  "pull -q"*)
    answer=$(head -n 1 "$FAKE_DOCKER/pulls")
    sed -i 1d "$FAKE_DOCKER/pulls"
    [ "$answer" = ok ] || { echo "$answer" >&2; exit 1; }
    ;;
esac
