#!/bin/bash
yum update -y
docker run -d --name cache redis:7
