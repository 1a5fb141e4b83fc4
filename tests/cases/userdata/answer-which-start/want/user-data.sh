#!/bin/bash
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
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
dnf install -y python3
cd /opt/two
python3 worker.py &
# appsig: ADOT, which instruments the app
python3 -m pip --version > /dev/null 2>&1 || dnf install -y python3-pip || true
python3 -m pip install aws-opentelemetry-distro || python3 -m pip install --break-system-packages aws-opentelemetry-distro || true
env SERVICE_NAME=two $(command -v appsig-exec || true) python3 web.py &
