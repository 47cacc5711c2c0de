# shellcheck shell=bash
# The monitoring instance: its data volume, Docker, the agents, and /etc/fleet/monitoring.env; stack-prometheus itself comes with a revision.

# No group waits for it: as long as it does not run, the heartbeat is missing, and that raises an alarm.
report_end() { :; }

# The EBS volume that is not the root's. It is attached while the machine boots.
data_device() {
  local root waited devices
  # By number: the root's source may be called /dev/root, which is no device.
  root=$(lsblk -rnpo MAJ:MIN,PKNAME | awk -v number="$(mountpoint -d /)" '$1 == number { print $2 }')
  for waited in $(seq 0 5 300); do
    devices=$(lsblk -dnpo NAME,TYPE,MODEL | awk -v root="$root" '$2 == "disk" && $1 != root && /Elastic Block Store/ { print $1 }')
    case $(wc -w <<<"$devices") in
      1) echo "$devices"; return 0 ;;
      0) sleep 5 ;;
      *) echo "several volumes besides the root's ($(xargs <<<"$devices")): detach all but the data volume" >&2; return 1 ;;
    esac
  done
  echo "no data volume after $waited s: attach it, then start the instance again" >&2
  return 1
}

# What Prometheus, Alertmanager and Grafana keep lies in Docker's volumes, and these on the data volume, which outlives the instance.
mount_data() {
  step 'mount the data volume'
  local folder=/var/lib/docker/volumes device uuid
  if ! mountpoint -q "$folder"; then
    device=$(data_device)
    # Only a disk on which nothing at all is found gets a file system.
    if [ -z "$(blkid -p -o value -s TYPE "$device")" ] && [ -z "$(blkid -p -o value -s PTTYPE "$device")" ]; then
      mkfs.ext4 -q -L fleet-data "$device"
    fi
    uuid=$(blkid -p -o value -s UUID "$device")
    mkdir -p "$folder"
    grep -q "^UUID=$uuid " /etc/fstab || echo "UUID=$uuid $folder ext4 defaults,nofail 0 2" >>/etc/fstab
    mount "$folder"
  fi
  # The volume may have been enlarged.
  resize2fs "$(findmnt -no SOURCE "$folder")"
  # Better no monitoring, which is noticed, than one that writes beside its volume.
  put_unit docker.service.d/fleet-data.conf <<UNIT
[Unit]
RequiresMountsFor=$folder
UNIT
}

write_monitoring_env() {
  step 'write /etc/fleet/monitoring.env'
  local address
  address=$(metadata meta-data/local-ipv4)
  put_file /etc/fleet/monitoring.env 644 <<ENV
FLEET_NAME='$FLEET_NAME'
FLEET_ENVIRONMENT='$FLEET_ENVIRONMENT'
FLEET_SECRETS_DIR='/etc/fleet/secrets'
FLEET_FILE='./fleet.yaml'
FLEET_PARAMETER_COMMAND='/usr/local/bin/aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name'
PROMETHEUS_BIND_ADDRESS='$address'
COMPOSE_PROFILES='grafana'
AWS_REGION='$FLEET_REGION'
DOCKER_CONFIG='/etc/fleet/docker'
METRIC_NAMESPACE='$METRIC_NAMESPACE'
ENV
}

# Tells CloudWatch every minute that a scaler leads; an alarm watches for its absence, as this machine cannot report its own end.
install_heartbeat() {
  step 'install the heartbeat'
  put_unit fleet-heartbeat.service <<'UNIT'
[Unit]
Description=Heartbeat of the fleet's scaler

[Service]
Type=oneshot
ExecStart=/bin/sh -c '[ ! -x /opt/fleet/stack-prometheus/heartbeat.sh ] || exec /opt/fleet/stack-prometheus/heartbeat.sh'
TimeoutStartSec=50
UNIT
  put_unit fleet-heartbeat.timer <<'UNIT'
[Unit]
Description=Heartbeat of the fleet's scaler, every minute

[Timer]
OnBootSec=60
OnUnitActiveSec=60
AccuracySec=1

[Install]
WantedBy=timers.target
UNIT
  systemctl enable fleet-heartbeat.timer
  systemctl start fleet-heartbeat.timer
}

# CodeDeploy brings new machines of a group their revision by itself; this one is in none, and comes up empty where it replaced another.
deploy_last_revision() {
  step 'deploy the last revision'
  local aws=/usr/local/bin/aws group=(--application-name "$RELEASES" --deployment-group-name monitoring) last revision
  last=$("$aws" deploy get-deployment-group "${group[@]}" --query deploymentGroupInfo.lastSuccessfulDeployment.deploymentId --output text) ||
    last=None # the group is made after the first instance
  if [ "$last" = None ]; then
    echo 'nothing was released yet'
    return 0
  fi
  revision=$(retry "$aws" deploy get-deployment --deployment-id "$last" --query deploymentInfo.revision --output json)
  retry "$aws" deploy create-deployment "${group[@]}" --revision "$revision" --file-exists-behavior OVERWRITE \
    --description 'the monitoring instance is new'
}

begin_downloads
write_monitoring_env
write_docker_settings
# Ubuntu has these. The volume comes before Docker, which would begin a folder of volumes of its own.
install_packages e2fsprogs util-linux
mount_data
step 'install packages'
install_packages docker.io compose amazon-ecr-credential-helper wget apache2-utils
install_agents
start_ssm_agent
start_docker
start_cloudwatch_agent
install_unit fleet-monitoring "Prometheus, Alertmanager and the scaler" /opt/fleet/stack-prometheus
install_heartbeat
install_codedeploy_agent
deploy_last_revision
