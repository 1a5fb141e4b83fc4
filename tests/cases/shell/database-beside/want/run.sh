#!/bin/bash
docker run -d --name db postgres:16
docker run -d --name cache redis
# appsig-patch: options 3 to 4 below are new
docker run -d --name web -e SERVICE_NAME=shop --network host flask-web
docker run -d -p 80:80 nginx:alpine
