#!/bin/bash
OPTS="-d --network host -e SERVICE_NAME=web"
docker run $OPTS flask-web
