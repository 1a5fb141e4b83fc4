#!/bin/bash
yum install -y amazon-cloudwatch-agent python3
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<EOF
{
  "agent": {
    "metrics_collection_interval": 60
  },
  "logs": {
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
python manage.py migrate
exec python manage.py runserver 0.0.0.0:8000
