# shellcheck shell=bash
# What both kinds of machine need, in front of worker.sh or monitoring.sh (infra/src/user-data.ts puts the parts together).
# cloud-init runs it once, as root; running it again changes only what differs. Its log: /var/log/fleet-user-data.log.

export HOME=/root DEBIAN_FRONTEND=noninteractive AWS_REGION=$FLEET_REGION
umask 022
exec > >(tee -a /var/log/fleet-user-data.log) 2>&1

current_step='start'
step() {
  current_step=$1
  echo "$(date -u +%FT%TZ) $1"
}

# Each part says with report_end what its end means to AWS.
ended() {
  local code=$?
  trap - EXIT
  if [ "$code" -eq 0 ]; then
    echo "$(date -u +%FT%TZ) done"
    report_end CONTINUE
  else
    echo "$(date -u +%FT%TZ) failed with $code at: $current_step" | tee /dev/console 2>/dev/null || true
    report_end ABANDON
  fi
}
trap ended EXIT

retry() { # retry COMMAND...: five tries, with growing waits
  local wait=2
  for _ in 1 2 3 4; do
    if "$@"; then return 0; fi
    echo "again in $wait s: $*" >&2
    sleep "$wait"
    wait=$((wait * 2))
  done
  "$@"
}

fetch() { # fetch URL FILE
  retry curl -fsS --proto '=https' --tlsv1.2 --max-time 300 -o "$2" "$1"
}

# A value of the metadata service, which answers version 2 only.
metadata() { # metadata PATH
  local token
  token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/$1"
}

# Writes stdin to a file, whole or not at all; file_changed says whether that changed it.
put_file() { # put_file PATH MODE
  local temporary
  mkdir -p "${1%/*}"
  temporary=$(mktemp "$1.XXXXXX")
  cat >"$temporary"
  chmod "$2" "$temporary"
  file_changed=true
  if cmp -s "$temporary" "$1"; then file_changed=false; fi
  mv "$temporary" "$1"
}

put_unit() { # put_unit NAME, content from stdin
  put_file "/etc/systemd/system/$1" 644
  if "$file_changed"; then systemctl daemon-reload; fi
}

install_packages() { # install_packages PACKAGE...
  # At the first boot the system's own updates may hold apt's lock for minutes.
  retry apt-get -o DPkg::Lock::Timeout=600 install -y -q --no-install-recommends "$@"
}

install_basics() {
  step 'install basic packages'
  retry apt-get -o DPkg::Lock::Timeout=600 update -q
  install_packages ca-certificates curl unzip
}

install_aws_cli() {
  step 'install the AWS CLI'
  if [ -x /usr/local/bin/aws ]; then return 0; fi
  local folder
  folder=$(mktemp -d)
  fetch "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip" "$folder/aws.zip"
  unzip -q "$folder/aws.zip" -d "$folder"
  "$folder/aws/install" --update
  rm -r "$folder"
}

install_docker() {
  step 'install Docker'
  # live-restore: an update of Docker does not stop containers. The tag names the container in each line of its log.
  # The pool lies outside the VPC, so that no network of Docker's hides a machine.
  local changed account compose=(docker-compose-v2)
  put_file /etc/docker/daemon.json 644 <<JSON
{
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "5m", "max-file": "2", "tag": "{{.Name}}" },
  "default-address-pools": [{ "base": "$DOCKER_POOL", "size": 24 }]
}
JSON
  changed=$file_changed
  # Debian has other names than Ubuntu.
  if ! apt-cache show docker-compose-v2 >/dev/null 2>&1; then compose=(docker-compose docker-cli); fi
  install_packages docker.io "${compose[@]}" amazon-ecr-credential-helper
  # Images come from this account's registry without a stored password.
  account=$(metadata dynamic/instance-identity/document | sed -n 's/.*"accountId" *: *"\([0-9]*\)".*/\1/p')
  [ -n "$account" ]
  put_file /etc/fleet/docker/config.json 644 <<JSON
{ "credHelpers": { "$account.dkr.ecr.$FLEET_REGION.amazonaws.com": "ecr-login" } }
JSON
  systemctl enable docker
  if "$changed"; then systemctl restart docker; else systemctl start docker; fi
  docker compose version --short
}

install_ssm_agent() {
  step 'install the SSM agent'
  # Ubuntu's images bring it as a snap.
  if command -v snap >/dev/null && snap list amazon-ssm-agent >/dev/null 2>&1; then
    snap start --enable amazon-ssm-agent
    return 0
  fi
  if ! dpkg -s amazon-ssm-agent >/dev/null 2>&1; then
    fetch "https://s3.$FLEET_REGION.amazonaws.com/amazon-ssm-$FLEET_REGION/latest/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb" /tmp/amazon-ssm-agent.deb
    install_packages /tmp/amazon-ssm-agent.deb
    rm /tmp/amazon-ssm-agent.deb
  fi
  systemctl enable amazon-ssm-agent
  systemctl start amazon-ssm-agent
}

# Sends the logs of all containers, of this script and of deployments to the fleet's log group.
install_cloudwatch_agent() {
  step 'install the CloudWatch agent'
  if ! dpkg -s amazon-cloudwatch-agent >/dev/null 2>&1; then
    fetch "https://amazoncloudwatch-agent-$FLEET_REGION.s3.$FLEET_REGION.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" /tmp/amazon-cloudwatch-agent.deb
    install_packages /tmp/amazon-cloudwatch-agent.deb
    rm /tmp/amazon-cloudwatch-agent.deb
  fi
  put_file /etc/fleet/cloudwatch.json 644 <<JSON
{
  "agent": { "run_as_user": "root", "region": "$FLEET_REGION" },
  "logs": { "logs_collected": { "files": { "collect_list": [
    { "file_path": "/var/lib/docker/containers/*/*-json.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/containers", "publish_multi_logs": true },
    { "file_path": "/var/log/fleet-user-data.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/user-data" },
    { "file_path": "/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/deployments" }
  ] } } }
}
JSON
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/fleet/cloudwatch.json
}

# Where the agent's installer of this region is: version 2 needs no Ruby, but AWS brings it to one region after the other.
codedeploy_version() {
  local status
  status=$(curl -sS --proto '=https' --tlsv1.2 --max-time 30 --head -o /dev/null -w '%{http_code}' "$1/latestv2/install")
  # S3 answers either where there is no such file; anything else is asked again.
  case $status in
    200) echo latestv2 ;;
    403 | 404) echo latest ;;
    *) return 1 ;;
  esac
}

# The last thing to be installed: from then on revisions arrive.
install_codedeploy_agent() {
  step 'install the CodeDeploy agent'
  if ! dpkg -s codedeploy-agent >/dev/null 2>&1; then
    local bucket="https://aws-codedeploy-$FLEET_REGION.s3.$FLEET_REGION.amazonaws.com" version
    version=$(retry codedeploy_version "$bucket")
    if [ "$version" = latest ]; then install_packages ruby wget; else install_packages wget; fi
    fetch "$bucket/$version/install" /tmp/codedeploy-install
    chmod 700 /tmp/codedeploy-install
    retry /tmp/codedeploy-install auto
    rm /tmp/codedeploy-install
  fi
  systemctl enable codedeploy-agent
  systemctl start codedeploy-agent
}

# A unit that starts the stack at boot and stops it before the machine goes down. Without a revision it waits for the first one.
install_unit() { # install_unit NAME DESCRIPTION STACK_FOLDER
  step "install the unit $1"
  put_unit "$1.service" <<UNIT
[Unit]
Description=$2
Wants=network-online.target docker.service
After=network-online.target docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c '[ ! -x $3/start.sh ] || exec $3/start.sh'
ExecStop=/bin/sh -c '[ ! -x $3/stop.sh ] || exec $3/stop.sh'
TimeoutStartSec=300
TimeoutStopSec=100

[Install]
WantedBy=multi-user.target
UNIT
  systemctl enable "$1"
  systemctl start "$1"
}
