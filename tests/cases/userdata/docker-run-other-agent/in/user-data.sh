#!/bin/bash
dnf install -y docker
docker run -d --name orders -p 80:80 -e DD_SERVICE=orders example/orders:1
