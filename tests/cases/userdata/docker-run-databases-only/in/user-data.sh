#!/bin/bash
dnf install -y docker
systemctl start docker
docker run -d --name db -p 5432:5432 postgres:16
docker run -d --name cache -p 6379:6379 redis:7
