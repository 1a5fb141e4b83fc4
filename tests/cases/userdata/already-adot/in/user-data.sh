#!/bin/bash
dnf install -y python3-pip
pip3 install flask aws-opentelemetry-distro
opentelemetry-instrument python3 /opt/quotes/app.py
