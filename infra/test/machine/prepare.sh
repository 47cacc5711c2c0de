#!/usr/bin/env bash
# Makes a fresh container what a fresh instance is: it has a metadata address, an init that starts units, and reaches AWS's installers.
# The installers are stand-ins, made here in /aws; each leaves what the real one leaves. Runs inside the container.
set -euo pipefail

# An engine cannot run in here, so units are started by a systemctl that needs no init, and Docker's unit starts something else.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# The container is thrown away: nothing has to be on the disk.
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/test
echo 'Acquire::Retries "5";' >/etc/apt/apt.conf.d/test
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ca-certificates openssl iproute2 procps zip systemctl
mkdir -p /etc/systemd/system/docker.service.d
printf '[Service]\nType=simple\nExecStart=\nExecStart=/usr/bin/sleep infinity\n' >/etc/systemd/system/docker.service.d/test.conf
# It warns about its own source, knows no timers, and fails to start what runs already.
sed -i '1s|.*|#!/usr/bin/python3 -Wignore|' /usr/bin/systemctl
cat >/usr/local/sbin/systemctl <<'SYSTEMCTL'
#!/bin/sh
case $1/$2 in
  start/*.timer) exec test -f "/etc/systemd/system/$2" ;;
  start/*) /usr/bin/systemctl -q is-active "$2" || exec /usr/bin/systemctl start "$2" ;;
  *) exec /usr/bin/systemctl "$@" ;;
esac
SYSTEMCTL
chmod 755 /usr/local/sbin/systemctl
ip address add 169.254.169.254/32 dev lo

cd /aws
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj '/CN=test' 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=aws' 2>/dev/null
printf 'subjectAltName=DNS:awscli.amazonaws.com,DNS:s3.eu-central-1.amazonaws.com,DNS:*.s3.eu-central-1.amazonaws.com\n' >names
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -extfile names 2>/dev/null
chmod 644 server.key
cp ca.crt /usr/local/share/ca-certificates/aws-stand-in.crt
update-ca-certificates >/dev/null

# The AWS CLI: its installer puts `aws` in place, which here only writes down what it is asked.
mkdir -p zip/aws
cat >zip/aws/install <<'INSTALL'
#!/bin/sh
cat >/usr/local/bin/aws <<'AWS'
#!/bin/sh
echo "aws $*" >>/var/log/stand-ins.log
# Each parameter's value is made of its name; one is missing.
case "$*" in
  *get-deployment-group*) cat /var/log/last-deployment 2>/dev/null || { echo "An error occurred (DeploymentGroupDoesNotExistException)" >&2; exit 254; } ;;
  *get-deployment*) echo '{"revisionType":"S3","s3Location":{"bucket":"b","key":"monitoring/aaaaaaaaaaaa-bbbbbbbbbbbb.tgz"}}' ;;
  *get-parameter*/MISSING) echo "An error occurred (ParameterNotFound)" >&2; exit 254 ;;
  *get-parameter*) for name; do :; done; echo "value-of-${name##*/}$(cat /var/log/suffix 2>/dev/null)" ;;
esac
AWS
chmod 755 /usr/local/bin/aws
echo "installed aws" >>/var/log/stand-ins.log
INSTALL
chmod 755 zip/aws/install
(cd zip && zip -q -r ../aws.zip aws)

agent_package() { # agent_package NAME
  mkdir -p "$1/DEBIAN" "$1/usr/lib/systemd/system" "$1/usr/bin"
  printf 'Package: %s\nVersion: 1.0\nArchitecture: all\nMaintainer: test\nDescription: stand-in\n' "$1" >"$1/DEBIAN/control"
  printf '#!/bin/sh\necho "installed %s" >>/var/log/stand-ins.log\n' "$1" >"$1/DEBIAN/postinst"
  chmod 755 "$1/DEBIAN/postinst"
  printf '[Service]\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' >"$1/usr/lib/systemd/system/$1.service"
}
for name in amazon-ssm-agent amazon-cloudwatch-agent codedeploy-agent; do agent_package "$name"; done
mkdir -p amazon-cloudwatch-agent/opt/aws/amazon-cloudwatch-agent/bin
printf '#!/bin/sh\necho "cloudwatch-agent-ctl $*" >>/var/log/stand-ins.log\n' \
  >amazon-cloudwatch-agent/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
chmod 755 amazon-cloudwatch-agent/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
for name in amazon-ssm-agent amazon-cloudwatch-agent codedeploy-agent; do dpkg-deb --build "$name" "$name.deb" >/dev/null; done

# CodeDeploy's installer is a Ruby program; that of version 2 a shell's.
cat >codedeploy-install-v2 <<'SHELL'
#!/bin/sh
[ "$*" = auto ] || { echo "write: install auto" >&2; exit 1; }
exec dpkg -i /aws/codedeploy-agent.deb
SHELL
cat >codedeploy-install <<'RUBY'
#!/usr/bin/env ruby
abort "write: install auto" unless ARGV == ["auto"]
exec "dpkg", "-i", "/aws/codedeploy-agent.deb"
RUBY
