#!/bin/bash
dnf install -y python3
cd /opt/two
python3 worker.py &
python3 web.py &
