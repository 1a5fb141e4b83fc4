#!/bin/bash
yum update -y
sudo -u ec2-user bash <<'SCRIPT'
cd /home/ec2-user/quotes
pip3 install --user -r requirements.txt
nohup ~/.local/bin/gunicorn app:app > gunicorn.log 2>&1 &
SCRIPT
