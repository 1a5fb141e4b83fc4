#!/bin/bash
docker run -d \
  -p 80:5000 \
  flask-web
