#!/bin/bash
apt-get update
if [ $? -ne 0 ]; then exit 1; fi
cd /home/ubuntu/coupons
pip3 install -r requirements.txt
if [ $? -ne 0 ]; then exit 1; fi
nohup python3 -m flask run --host 0.0.0.0 &
