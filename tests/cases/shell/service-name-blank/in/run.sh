#!/bin/bash
docker run -d \
  flask-web
ssh host 'docker run -d flask-web'
