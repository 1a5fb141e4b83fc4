#!/bin/bash
# appsig-patch: --network was shop-net
# appsig-patch: option 3 below is new
docker run -d --network host -e SERVICE_NAME=shop flask-web
