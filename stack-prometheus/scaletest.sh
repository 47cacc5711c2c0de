#!/usr/bin/env bash
# Puts a test alert into Alertmanager: the scaler takes one step in its direction, holds it until the alert ends, lets go.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: scaletest.sh ALERTNAME [--service NAME] [--worker ID] [--for TIME] [--direction up|down]
       scaletest.sh ALERTNAME [--service NAME] [--worker ID] --end

Makes the fleet take one step as if ALERTNAME fired, within its bounds, until the alert ends.

  HighRequestRate   one replica more      LowRequestRate   one replica less
  HighCPU           one worker more       LowCPU           one worker less

  --service NAME    only this service (HighRequestRate, LowRequestRate); default: every service
  --worker ID       only on this worker (HighRequestRate, LowRequestRate); default: every worker
  --for TIME        how long the alert lasts, 1s to 60m; default 60s
  --direction D     follows from the name; a contradiction is refused
  --end             end the alert of the same name, service and worker now

Environment:
  ALERTMANAGER_CONTAINER   the container, by name or id; default: the one of the compose project
  COMPOSE_PROJECT_NAME     the compose project; default fleet-monitoring

Exit codes: 0 done, 1 Alertmanager refused or there is nothing to end, 64 wrong arguments, 69 no Alertmanager runs.

Examples:
  scaletest.sh HighRequestRate --service service-a --for 2m
  scaletest.sh HighRequestRate --service service-a --end
  scaletest.sh HighCPU
EOF
}

refuse() {
  printf 'scaletest.sh: %s\n' "$1" >&2
  printf 'See scaletest.sh --help.\n' >&2
  exit 64
}

# Seconds of a time such as 90s or 2m, or a refusal.
seconds_of() {
  local text=$1 number
  [[ $text =~ ^([1-9][0-9]{0,3})([sm])$ ]] || refuse "--for takes a time such as 60s or 2m, got '$text'"
  number=${BASH_REMATCH[1]}
  [[ ${BASH_REMATCH[2]} == m ]] && number=$((number * 60))
  ((number <= 3600)) || refuse "--for takes at most 60m, got '$text'"
  printf '%s' "$number"
}

alertname='' service='' worker='' lasts='' direction='' end=false
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --end) end=true ;;
    --service | --worker | --for | --direction)
      (($# >= 2)) || refuse "$1 needs a value"
      case $1 in
        --service) service=$2 ;;
        --worker) worker=$2 ;;
        --for) lasts=$2 ;;
        --direction) direction=$2 ;;
      esac
      shift
      ;;
    -*) refuse "unknown option '$1'" ;;
    *)
      [[ -z $alertname ]] || refuse "one alert at a time, got '$alertname' and '$1'"
      alertname=$1
      ;;
  esac
  shift
done

case $alertname in
  HighRequestRate) scale=containers implied=up ;;
  LowRequestRate) scale=containers implied=down ;;
  HighCPU) scale=instances implied=up ;;
  LowCPU) scale=instances implied=down ;;
  '') refuse 'name the alert: HighRequestRate, LowRequestRate, HighCPU or LowCPU' ;;
  *) refuse "no alert that scales is called '$alertname': use HighRequestRate, LowRequestRate, HighCPU or LowCPU" ;;
esac
[[ -z $direction || $direction == "$implied" ]] ||
  refuse "$alertname means $implied, got --direction '$direction': leave it out or use the other alert"
[[ $scale == containers || -z $service$worker ]] ||
  refuse "$alertname is about the whole fleet: leave --service and --worker out"
[[ -z $service || $service =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$ ]] ||
  refuse "--service takes a service's name from fleet.yaml, got '$service'"
[[ -z $worker || $worker =~ ^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$ ]] || refuse "--worker takes an instance id, got '$worker'"
[[ $end == false || -z $lasts ]] || refuse '--end ends the alert now: leave --for out'
seconds=$(seconds_of "${lasts:-60s}")

container=${ALERTMANAGER_CONTAINER:-}
if [[ -z $container ]]; then
  container=$(docker ps --quiet \
    --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-fleet-monitoring}" \
    --filter label=com.docker.compose.service=alertmanager --filter status=running | sed -n 1p)
fi
if [[ -z $container ]] || ! docker exec "$container" true 2>/dev/null; then
  printf "scaletest.sh: no Alertmanager runs as %s: start it, or name its container in ALERTMANAGER_CONTAINER\n" \
    "${container:-service alertmanager of compose project ${COMPOSE_PROJECT_NAME:-fleet-monitoring}}" >&2
  exit 69
fi

amtool() {
  docker exec "$container" /bin/amtool --alertmanager.url=http://127.0.0.1:9093 "$@"
}

# The container formats times: `date -d @…` is not on every host.
time_in() {
  docker exec "$container" date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ
}

labels=("alertname=$alertname" "scale=$scale" "direction=$implied" "fleet_test=true")
[[ -z $service ]] || labels+=("service=$service")
[[ -z $worker ]] || labels+=("worker=$worker")
what="$alertname${service:+ of $service}${worker:+ on $worker}"

if [[ $end == true ]]; then
  active=$(amtool alert query --output=simple "alertname=\"$alertname\"" 'fleet_test="true"' "service=\"$service\"" "worker=\"$worker\"" | tail -n +2)
  if [[ -z $active ]]; then
    printf 'scaletest.sh: no test alert %s is active: nothing to end\n' "$what" >&2
    exit 1
  fi
  amtool alert add "${labels[@]}" "--end=$(time_in -1)"
  printf 'ended: test alert %s\n' "$what"
else
  amtool alert add "${labels[@]}" "--end=$(time_in "$seconds")" --annotation='summary="Test alert, injected by scaletest.sh"'
  printf 'sent: test alert %s, %s %s, for %s s\n' "$what" "$scale" "$implied" "$seconds"
fi
