#!/bin/bash
dnf install -y amazon-cloudwatch-agent
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<'EOF'
{"agent": {"run_as_user": "root"}, "logs": {}}
EOF
cd /opt/parcels
pip3 install -r requirements.txt
exec uvicorn main:app --host 0.0.0.0
