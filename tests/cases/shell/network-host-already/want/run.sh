#!/bin/bash
# appsig-patch: option 3 below is new
docker run -d --network host -e SERVICE_NAME=shop flask-web
