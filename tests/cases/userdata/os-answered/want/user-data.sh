#!/bin/bash
# appsig: the CloudWatch agent
curl -fsSL -o /tmp/amazon-cloudwatch-agent.rpm "https://amazoncloudwatch-agent.s3.amazonaws.com/suse/$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')/latest/amazon-cloudwatch-agent.rpm" && rpm -U /tmp/amazon-cloudwatch-agent.rpm || true
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
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
cd /opt/quotes
# appsig: ADOT, which instruments the app
venv/bin/pip install aws-opentelemetry-distro || true
env SERVICE_NAME=quotes $(command -v appsig-exec || true) venv/bin/gunicorn -D app:app
