#!/bin/bash
apt-get update
# appsig: the CloudWatch agent
curl -fsSL -o /tmp/amazon-cloudwatch-agent.deb "https://amazoncloudwatch-agent.s3.amazonaws.com/$(. /etc/os-release && echo "$ID")/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" && dpkg -i -E /tmp/amazon-cloudwatch-agent.deb || true
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
apt-get install -y python3-venv
useradd app
git clone https://x/y /opt/inventory
python3 -m venv /opt/inventory/venv
/opt/inventory/venv/bin/pip install -r /opt/inventory/requirements.txt
# appsig: ADOT, which instruments the app
/opt/inventory/venv/bin/pip install aws-opentelemetry-distro || true
cat > /etc/systemd/system/inventory.service <<EOF
[Unit]
Description=x

[Service]
User=app
WorkingDirectory=/opt/inventory
Environment=SERVICE_NAME=inventory
ExecStart=/bin/sh -c 'exec \$\$(command -v /usr/local/bin/appsig-exec || command -v appsig-exec || true) "\$\$0" "\$\$@"' /opt/inventory/venv/bin/gunicorn -w 2 app:app
Restart=always

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now inventory
