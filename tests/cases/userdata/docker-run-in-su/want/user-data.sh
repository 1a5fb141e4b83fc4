#!/bin/bash
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
yum install -y docker
service docker start
# appsig-patch: options 4 to 5 below are new
su - ec2-user -c "docker run -d --name orders -p 8000:8000 -e SERVICE_NAME=orders --network host example/orders:1"
