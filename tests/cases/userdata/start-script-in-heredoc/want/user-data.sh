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
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
yum install -y python3
pip3 install flask gunicorn
# appsig: ADOT, which instruments the app
pip3 install aws-opentelemetry-distro || true
cat > /opt/quotes/start.sh <<EOF
#!/bin/bash
cd /opt/quotes
exec env SERVICE_NAME=quotes \$(command -v /usr/local/bin/appsig-exec || command -v appsig-exec || true) gunicorn -w \$(nproc) app:app
EOF
chmod +x /opt/quotes/start.sh
/opt/quotes/start.sh &
