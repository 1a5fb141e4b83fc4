#!/bin/bash
IMAGE=flask-web:2
NAME=shop
PORT=8080
docker run -d --name $NAME -p $PORT:$PORT $IMAGE
