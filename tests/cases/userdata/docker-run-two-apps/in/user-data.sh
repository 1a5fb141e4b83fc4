#!/bin/bash
apt-get update
apt-get install -y docker.io
docker run -d --name cache redis
docker run -d --name orders -p 8000:8000 example/orders:1
docker run -d --name reports -p 9000:9000 example/reports:1
