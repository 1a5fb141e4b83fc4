#!/bin/bash
dnf install -y docker
docker run -d --name orders -p 3000:3000 example/orders:1 node server.js
