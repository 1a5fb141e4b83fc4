#!/bin/bash
yum install -y amazon-cloudwatch-agent
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:AmazonCloudWatch-linux
cd /opt/parcels
pip3 install -r requirements.txt
exec uvicorn main:app --host 0.0.0.0
