#!/bin/bash

# appsig-ignore
docker run -d flask-web
