#!/bin/bash
yum update -y
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
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
sudo -u ec2-user bash <<'SCRIPT'
cd /home/ec2-user/quotes
pip3 install --user -r requirements.txt
# appsig: ADOT, which instruments the app
pip3 install --user aws-opentelemetry-distro || true
nohup env SERVICE_NAME=quotes $(command -v /usr/local/bin/appsig-exec || command -v appsig-exec || true) ~/.local/bin/gunicorn app:app > gunicorn.log 2>&1 &
SCRIPT
