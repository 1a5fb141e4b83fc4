#!/bin/bash
docker run -d -e SERVICE_NAME=shop --network host flask-web
