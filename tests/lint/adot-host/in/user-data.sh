#!/bin/bash
dnf install -y docker python3-pip
pip3 install aws-opentelemetry-distro
docker run -d --network host --name shop shop:1
