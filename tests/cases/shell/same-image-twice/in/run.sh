#!/bin/bash
if [ "$1" ]; then
  docker run -d --name web flask-web "$1"
else
  docker run -d --name web flask-web
fi
