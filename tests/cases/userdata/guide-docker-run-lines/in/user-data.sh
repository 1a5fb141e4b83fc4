#!/bin/bash
yum update -y
amazon-linux-extras install docker -y
service docker start
aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com
docker pull 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
docker run -d --name orders \
  -p 8000:8000 \
  123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
