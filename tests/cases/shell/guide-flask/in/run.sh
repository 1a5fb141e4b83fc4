#!/bin/bash
docker run -d --name shop-app \
  -p 5000:5000 \
  123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:latest
