#!/bin/bash
yum update -y
# appsig: the CloudWatch agent
yum install -y amazon-cloudwatch-agent || true
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
yum install -y python3
cd /opt/orders
su - app -c 'cd /opt/orders && python3 -m venv venv && venv/bin/pip install -r requirements.txt && { venv/bin/pip install aws-opentelemetry-distro || true; } && nohup env SERVICE_NAME=orders $(command -v /usr/local/bin/appsig-exec || command -v appsig-exec || true) venv/bin/uvicorn main:app --host 0.0.0.0 &'
