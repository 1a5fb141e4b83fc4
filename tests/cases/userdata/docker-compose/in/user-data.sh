#!/bin/bash
apt-get update
git clone https://example.com/fastapi-shop /opt/fastapi-shop
cd /opt/fastapi-shop
docker compose up -d
