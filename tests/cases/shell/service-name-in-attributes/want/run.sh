#!/bin/bash
# appsig-patch: option 3 below is new
docker run -d -e OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=shop --network host flask-web
