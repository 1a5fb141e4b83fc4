#!/bin/bash
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
# appsig-patch: options 4 to 5 below are new
docker run -d --name flask-shop -p 5000:5000 -e SERVICE_NAME=flask-shop --network host 123456789012.dkr.ecr.us-east-1.amazonaws.com/flask-shop:latest
