#!/bin/bash
docker run -d --name shop-app \
  -p 8000:8000 \
  123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:latest
