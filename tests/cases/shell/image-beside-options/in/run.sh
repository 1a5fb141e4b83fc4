#!/bin/bash
docker run \
  -d \
  -p 80:80 flask-web serve
