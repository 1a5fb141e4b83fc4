#!/bin/bash
docker run -d -e SERVICE_NAME="$APP" flask-web
