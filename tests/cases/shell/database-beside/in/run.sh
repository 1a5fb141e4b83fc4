#!/bin/bash
docker run -d --name db postgres:16
docker run -d --name cache redis
docker run -d --name web flask-web
docker run -d -p 80:80 nginx:alpine
