#!/bin/bash
docker run -d -e SERVICE_NAME=shop flask-web
