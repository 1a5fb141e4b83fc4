#!/bin/bash
dnf install -y python3.11
pip3 install awscli
cd /opt/notes
python3.11 -m venv env
. env/bin/activate
pip install -r requirements.txt
deactivate
/opt/notes/env/bin/uwsgi --ini uwsgi.ini --daemonize /var/log/uwsgi.log
