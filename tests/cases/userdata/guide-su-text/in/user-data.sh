#!/bin/bash
yum update -y
yum install -y python3
cd /opt/orders
su - app -c 'cd /opt/orders && python3 -m venv venv && venv/bin/pip install -r requirements.txt && nohup venv/bin/uvicorn main:app --host 0.0.0.0 &'
