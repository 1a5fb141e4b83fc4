#!/bin/bash
curl -fsSL https://rpm.nodesource.com/setup_20.x | bash -
yum install -y nodejs
cd /opt/site && npm ci && node server.js
