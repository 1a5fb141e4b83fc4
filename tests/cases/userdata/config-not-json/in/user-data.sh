#!/bin/bash
dnf install -y amazon-cloudwatch-agent
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<'EOF'
{"agent": 
EOF
cd /opt/parcels
exec uvicorn main:app --host 0.0.0.0
