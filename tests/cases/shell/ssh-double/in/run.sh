#!/bin/bash
ssh host "docker run -d \
  -p 80:80 \
  flask-web"
