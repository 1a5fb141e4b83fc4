#!/bin/bash
dnf install -y docker python3-pip
pip3 install aws-opentelemetry-distro
opentelemetry-instrument python3 app.py &
