#!/bin/bash
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
dnf install -y amazon-cloudwatch-agent
# appsig: application_signals is added to the configuration below: traces, logs.metrics_collected
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<'EOF'
{"traces": {"traces_collected": {"application_signals": {}}}, "agent": {"run_as_user": "root"}, "logs": {"metrics_collected": {"application_signals": {}}}}
EOF
# appsig: the agent takes its configuration
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true
cd /opt/parcels
pip3 install -r requirements.txt
# appsig: ADOT, which instruments the app
pip3 install aws-opentelemetry-distro || true
exec env SERVICE_NAME=parcels $(command -v appsig-exec || true) uvicorn main:app --host 0.0.0.0
