#!/bin/bash
dnf install -y docker
systemctl start docker
docker run -d --name orders -p 80:8000 example/orders:1
