#!/bin/bash
args=(-d --network shop)
docker run "${args[@]}" flask-web
