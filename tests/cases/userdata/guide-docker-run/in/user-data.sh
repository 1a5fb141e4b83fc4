#!/bin/bash
dnf update -y
dnf install -y docker
systemctl enable --now docker
docker run -d --name flask-shop -p 5000:5000 123456789012.dkr.ecr.us-east-1.amazonaws.com/flask-shop:latest
