#!/bin/bash
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
yum install -y amazon-cloudwatch-agent
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:AmazonCloudWatch-linux
# appsig: its configuration for Application Signals
cat > /opt/aws/amazon-cloudwatch-agent/etc/application-signals.json << 'EOF' || true
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
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/application-signals.json || true
cd /opt/parcels
pip3 install -r requirements.txt
# appsig: ADOT, which instruments the app
pip3 install aws-opentelemetry-distro || true
exec env SERVICE_NAME=parcels $(command -v appsig-exec || true) uvicorn main:app --host 0.0.0.0
