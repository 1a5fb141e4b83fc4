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
dnf install -y docker
systemctl enable --now docker
docker run -d --name redis -p 6379:6379 redis:7
docker run -d --name db -e POSTGRES_PASSWORD=secret postgres:16
# appsig-patch: options 6 to 7 below are new
docker run -d --name orders --restart always -p 8000:8000 -e REDIS=localhost -e SERVICE_NAME=orders --network host 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
