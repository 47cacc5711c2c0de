#!/usr/bin/env bash
# Puts a test alert into Alertmanager: the scaler takes one step in its direction, holds it until the alert ends, lets go.
set -euo pipefail
folder=${BASH_SOURCE[0]%/*}

usage() {
  cat <<'EOF'
Usage: scaletest.sh ALERTNAME [--service NAME] [--worker ID] [--for TIME] [--direction up|down]
       scaletest.sh ALERTNAME [--service NAME] [--worker ID] --end

Makes the fleet take one step as if ALERTNAME fired, within its bounds, until the alert ends.

  HighRequestRate   one replica more      LowRequestRate   one replica less
  HighCPU           one worker more       LowCPU           one worker less

  --service NAME    only this service of the fleet (HighRequestRate, LowRequestRate); default: every service
  --worker ID       only on this worker (HighRequestRate, LowRequestRate); default: every worker
  --for TIME        how long the alert lasts, 1s to 60m; default 60s
  --direction D     follows from the name; a contradiction is refused
  --end             end the alert of the same name, service and worker now

Environment:
  ALERTMANAGER_CONTAINER   the container, by name or id; default: the one of the compose project
  COMPOSE_PROJECT_NAME     the compose project; default fleet-monitoring

Exit codes: 0 done, 1 Alertmanager refused, there is nothing to end, or nobody says which services or workers there are,
2 wrong arguments, a service or worker that the fleet does not have, or no Alertmanager runs. Only 0 has changed anything.

Examples:
  scaletest.sh HighRequestRate --service service-a --for 2m
  scaletest.sh HighRequestRate --service service-a --end
  scaletest.sh HighCPU
EOF
}

refuse() {
  printf 'scaletest.sh: %s\n' "$1" >&2
  printf 'See scaletest.sh --help.\n' >&2
  exit 2
}

give_up() {
  printf 'scaletest.sh: %s. Nothing was sent.\n' "$1" >&2
  exit 1
}

# Alertmanager takes an alert about anything; one about nothing would be acted on by nobody.
check_service() {
  local table=$folder/rendered/services.tsv name rest names=()
  if [[ -f $table && -r $table ]]; then
    while IFS=$'\t' read -r name rest || [[ -n $name ]]; do
      [[ $name =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$ && $rest == *$'\t'* ]] || { names=() && break; }
      names+=("$name")
    done <"$table"
  fi
  ((${#names[@]} > 0)) || give_up "$table, which names the services, is damaged or missing: release again"
  [[ " ${names[*]} " == *" $service "* ]] || refuse "the fleet has no service '$service'. It has: ${names[*]}"
}

# Those that Prometheus heard of within ten minutes: one that has just stopped may be what a person is after.
check_worker() {
  local prometheus answer names
  prometheus=$(container_of prometheus)
  answer=$(docker exec "${prometheus:-none}" /bin/promtool query --http.config.file=/etc/prometheus/config/http-client.yml \
    instant http://127.0.0.1:9090 'last_over_time(up{job="worker"}[10m])' 2>&1) ||
    give_up "Prometheus cannot be asked which workers there are: ${answer##*$'\n'}"
  names=$(grep -o '[{, ]worker="[^"]*"' <<<"$answer" | cut -d '"' -f 2 | sort -u | paste -sd ' ') || true
  [[ " $names " == *" $worker "* ]] || refuse "the fleet has no worker '$worker'. It has: ${names:-none}"
}

container_of() { # container_of SERVICE: the id of its container in the compose project
  docker ps --quiet --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-fleet-monitoring}" \
    --filter "label=com.docker.compose.service=$1" --filter status=running | sed -n 1p
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

alertname='' service='' worker='' lasts='' direction='' end=false said=' '
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --end) end=true ;;
    --service | --worker | --for | --direction)
      # An empty one, from a variable that is not set, would mean every service and every worker.
      [[ -n ${2:-} ]] || refuse "$1 needs a value"
      [[ $said != *" $1 "* ]] || refuse "got $1 twice: one at a time"
      said+="$1 "
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
# What was sent before a release took its service away can be ended all the same.
[[ -z $service || $end == true ]] || check_service

container=${ALERTMANAGER_CONTAINER:-}
if [[ -z $container ]]; then
  container=$(container_of alertmanager)
fi
if [[ -z $container ]] || ! docker exec "$container" true 2>/dev/null; then
  printf "scaletest.sh: no Alertmanager runs as %s: start it, or name its container in ALERTMANAGER_CONTAINER\n" \
    "${container:-service alertmanager of compose project ${COMPOSE_PROJECT_NAME:-fleet-monitoring}}" >&2
  exit 2
fi
[[ -z $worker || $end == true ]] || check_worker

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
