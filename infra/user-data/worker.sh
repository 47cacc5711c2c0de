# shellcheck shell=bash
# A worker: Docker, the agents, and /etc/fleet/worker.env; stack-worker itself comes with a revision.

# The group waits for this before it counts the worker, and takes one back that was abandoned.
report_end() { # report_end CONTINUE|ABANDON
  finish aws || true
  if [ ! -x /usr/local/bin/aws ]; then return 0; fi
  # An instance that does not wait (any more) is none of the hook's business.
  /usr/local/bin/aws autoscaling complete-lifecycle-action --region "$FLEET_REGION" --auto-scaling-group-name "$GROUP" \
    --lifecycle-hook-name "$LAUNCHING_HOOK" --instance-id "$(metadata meta-data/instance-id)" --lifecycle-action-result "$1" ||
    echo "the group does not wait for this instance"
}

write_worker_env() {
  step 'write /etc/fleet/worker.env'
  local id zone lifecycle
  id=$(metadata meta-data/instance-id)
  zone=$(metadata meta-data/placement/availability-zone)
  lifecycle=$(metadata meta-data/instance-life-cycle)
  put_file /etc/fleet/worker.env 644 <<ENV
FLEET_NAME='$FLEET_NAME'
FLEET_ENVIRONMENT='$FLEET_ENVIRONMENT'
WORKER_ID='$id'
WORKER_ZONE='$zone'
WORKER_LIFECYCLE='$lifecycle'
FLEET_STATE_DIR='/var/lib/fleet'
FLEET_PARAMETER_COMMAND='/usr/local/bin/aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name'
AWS_REGION='$FLEET_REGION'
DOCKER_CONFIG='/etc/fleet/docker'
ENV
}

begin_downloads
write_worker_env
write_docker_settings
step 'install packages'
install_packages docker.io compose amazon-ecr-credential-helper wget
install_agents
start_ssm_agent
start_docker
start_cloudwatch_agent
install_unit fleet-worker "The services of the fleet's worker" /opt/fleet/stack-worker
install_codedeploy_agent
