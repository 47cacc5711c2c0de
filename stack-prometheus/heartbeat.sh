#!/usr/bin/env bash
# Tells CloudWatch that a scaler leads, and the share of requests that end with 5xx. An alarm watches for silence.
# A timer runs it every minute.
#
# Usage: heartbeat.sh
#
# Exit codes: 0 told, 64 malformed, 1 no scaler leads or CloudWatch does not answer.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=lib.sh
. ./lib.sh

case "${1:-}" in
  '') ;;
  -h | --help) show_help; exit 0 ;;
  *) fail 64 "got $(printf %q "$1"); heartbeat.sh takes no argument" ;;
esac

load_monitoring
require "$env_file" METRIC_NAMESPACE
folder=${FLEET_SECRETS_DIR:-/etc/fleet/secrets}
prometheus=http://${PROMETHEUS_BIND_ADDRESS:-127.0.0.1}:${PROMETHEUS_PORT:-9090}
# A status that never was has no series: that is no error, as long as requests are counted.
errors='(sum(rate(fleet_http_requests_total{status=~"5..",service!="internal"}[1m])) or vector(0)) / (sum(rate(fleet_http_requests_total{service!="internal"}[1m])) > 0)'

put() { # put METRIC VALUE
  "${AWS_COMMAND:-/usr/local/bin/aws}" cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-name "$1" --value "$2"
}

# Whatever else lies there would be read by curl as options.
password=$(read_line "$folder/prometheus_password" '[!-~]+') || tell "$folder/prometheus_password cannot be read: run start.sh"
password=${password//\\/\\\\}
# The password goes in by stdin: arguments are everybody's to read.
share=$(printf 'user = "wh:%s"' "${password//\"/\\\"}" |
  curl -fsS --max-time 10 --config - --get --data-urlencode "query=$errors" "$prometheus/api/v1/query" |
  sed -n 's/.*"value":\[[^,]*,"\([0-9.e+-]*\)"\].*/\1/p') || share=''
# Without any request there is no share.
if [ -n "$share" ]; then put ServerErrorShare "$share" || tell "CloudWatch does not take the share of errors"; fi

for port in "${WH_PORT:-8090}" "${WH_STANDBY_PORT:-8091}"; do
  metrics=$(curl -fsS --max-time 5 "http://127.0.0.1:$port/metrics") || continue
  if grep -Eq '^wh_leader(\{[^}]*\})? 1$' <<<"$metrics"; then
    put ScalerHeartbeat 1 || fail 1 "a scaler leads, but CloudWatch does not take its heartbeat"
    exit 0
  fi
done
fail 1 "no scaler leads: see docker compose logs wh wh-standby"
