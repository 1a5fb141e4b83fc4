#!/bin/bash
args=(
  -d
  -p 5000:5000
  flask-web
)
docker run "${args[@]}"
