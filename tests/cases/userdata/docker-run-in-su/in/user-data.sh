#!/bin/bash
yum install -y docker
service docker start
su - ec2-user -c "docker run -d --name orders -p 8000:8000 example/orders:1"
