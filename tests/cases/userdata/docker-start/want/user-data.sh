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
dnf install -y docker
systemctl start docker
# appsig-patch: options 3 to 4 below are new
docker create --name orders -p 8000:8000 -e SERVICE_NAME=orders --network host example/orders:1
docker start orders
