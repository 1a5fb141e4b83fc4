#!/bin/bash
set -euo pipefail
dnf update -y
dnf install -y docker
systemctl enable --now docker
docker run -d --name redis -p 6379:6379 redis:7
docker run -d --name db -e POSTGRES_PASSWORD=secret postgres:16
docker run -d --name orders --restart always -p 8000:8000 -e REDIS=localhost 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
