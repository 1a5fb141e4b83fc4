#!/bin/bash
apt-get update
# appsig: the CloudWatch agent
curl -fsSL -o /tmp/amazon-cloudwatch-agent.deb "https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" && dpkg -i -E /tmp/amazon-cloudwatch-agent.deb || true
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
apt-get install -y docker.io
docker run -d --name cache redis
docker run -d --name orders -p 8000:8000 example/orders:1
# appsig-patch: options 4 to 5 below are new
docker run -d --name reports -p 9000:9000 -e SERVICE_NAME=reports --network host example/reports:1
