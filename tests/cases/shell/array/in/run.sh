#!/bin/bash
args=(
  -d
  --name web
  # the port
  -p 5000:5000
)
docker run "${args[@]}" flask-web
