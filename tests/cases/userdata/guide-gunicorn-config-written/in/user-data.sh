#!/bin/bash
dnf update -y
cd /opt/myapp
pip3 install -r requirements.txt
cat > gunicorn.conf.py <<'EOF'
bind = "0.0.0.0:8000"
EOF
gunicorn -c gunicorn.conf.py shop:app
