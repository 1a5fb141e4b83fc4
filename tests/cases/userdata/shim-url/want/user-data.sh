#!/bin/bash
set -euo pipefail

dnf update -y
# appsig: the CloudWatch agent
dnf install -y amazon-cloudwatch-agent || true
# appsig: its configuration for Application Signals
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF' || true
{
  "traces": {
    "traces_collected": {
      "application_signals": {}
    }
  },
  "logs": {
    "metrics_collected": {
      "application_signals": {}
    }
  }
}
EOF
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true
# appsig: appsig-exec, which the app is started by
curl -fsSL --retry 3 --max-time 120 -o /tmp/appsig-exec 'https://files.example.com/appsig-exec' && \
  echo 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  /tmp/appsig-exec' | sha256sum -c - > /dev/null && \
  chmod 755 /tmp/appsig-exec && /tmp/appsig-exec --version > /dev/null && \
  mv /tmp/appsig-exec /usr/local/bin/appsig-exec || true
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
dnf install -y python3-pip git
git clone https://github.com/acme/shop.git /opt/shop
cd /opt/shop
pip3 install -r requirements.txt
# appsig: ADOT, which instruments the app
pip3 install aws-opentelemetry-distro || true
nohup env SERVICE_NAME=shop $(command -v appsig-exec || true) gunicorn -b 0.0.0.0:8000 shop.web:app > /var/log/shop.log 2>&1 &
