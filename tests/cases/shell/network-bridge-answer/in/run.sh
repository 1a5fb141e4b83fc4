#!/bin/bash
docker run -d --network shop-net flask-web
