#!/bin/bash
dnf install -y docker
cat > /etc/systemd/system/orders.service << 'EOF'
[Service]
ExecStart=/usr/bin/docker run --rm --name orders -p 8000:8000 example/orders:1
[Install]
WantedBy=multi-user.target
EOF
systemctl enable --now orders
