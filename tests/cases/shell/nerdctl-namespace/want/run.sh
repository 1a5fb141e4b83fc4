#!/bin/bash
# appsig-patch: options 2 to 3 below are new
sudo nerdctl -n k8s.io run -d -e SERVICE_NAME=shop --network host flask-web
