#!/bin/bash
# appsig-ignore: a tool

docker run -d flask-web
