#!/bin/bash
dnf install -y docker
systemctl start docker
docker create --name orders -p 8000:8000 example/orders:1
docker start orders
