#!/bin/bash
set -e
sudo apt-get update -y && sudo apt-get install -y python3-flask
# appsig: the CloudWatch agent
curl -fsSL -o /tmp/amazon-cloudwatch-agent.deb "https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" && sudo dpkg -i -E /tmp/amazon-cloudwatch-agent.deb || true
# appsig: its configuration for Application Signals
sudo tee /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json > /dev/null << 'EOF' || true
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
sudo /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
# appsig: ADOT, which instruments the app
python3 -m pip --version > /dev/null 2>&1 || sudo apt-get install -y python3-pip || true
sudo python3 -m pip install aws-opentelemetry-distro || sudo python3 -m pip install --break-system-packages aws-opentelemetry-distro || true
sudo -u ubuntu $(command -v appsig-exec || true) python3 /home/ubuntu/app.py
