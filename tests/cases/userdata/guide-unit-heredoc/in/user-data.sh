#!/bin/bash
apt-get update
apt-get install -y python3-venv
useradd app
git clone https://x/y /opt/inventory
python3 -m venv /opt/inventory/venv
/opt/inventory/venv/bin/pip install -r /opt/inventory/requirements.txt
cat > /etc/systemd/system/inventory.service <<EOF
[Unit]
Description=x

[Service]
User=app
WorkingDirectory=/opt/inventory
ExecStart=/opt/inventory/venv/bin/gunicorn -w 2 app:app
Restart=always

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now inventory
