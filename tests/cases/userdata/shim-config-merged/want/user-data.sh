#!/bin/bash
# appsig: appsig-exec, which the app is started by
command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
yum install -y amazon-cloudwatch-agent python3
# appsig: application_signals is added to the configuration below: traces, logs.metrics_collected
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<EOF
{
  "traces": {"traces_collected": {"application_signals": {}}},
  "agent": {
    "metrics_collection_interval": 60
  },
  "logs": {
    "metrics_collected": {"application_signals": {}},
    "logs_collected": {
      "files": {"collect_list": []}
    }
  }
}
EOF
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
cd /srv/billing
source venv/bin/activate
pip install -r requirements.txt
# appsig: ADOT, which instruments the app
pip install aws-opentelemetry-distro || true
python manage.py migrate
exec env SERVICE_NAME=billing $(command -v appsig-exec || true) python manage.py runserver 0.0.0.0:8000
