#!/bin/bash
dnf install -y docker git
systemctl start docker
git clone https://git.example.com/orders.git /opt/orders
cd /opt/orders
docker build -t orders .
docker run -d --name orders -p 8000:8000 orders
