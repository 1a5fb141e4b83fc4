#!/bin/bash
dnf install -y amazon-cloudwatch-agent
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<'EOF'
{"traces": {"traces_collected": {"application_signals": {}}}, "logs": {"metrics_collected": {"application_signals": {}}}}
EOF
systemctl enable --now amazon-cloudwatch-agent
cd /opt/parcels
pip3 install -r requirements.txt
exec uvicorn main:app --host 0.0.0.0
